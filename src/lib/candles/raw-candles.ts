import type { CoarseStretch } from "./coarse-stretches.ts";

/**
 * Candles as a source gave them, R rows in its order: numbers are read, nothing is judged yet. Several files of one
 * command lie one behind the other.
 */
export interface RawCandles {
  readonly files: readonly string[];
  readonly file: Int32Array; // [R] index into `files`
  /** Line of a text file, counted from 1; elsewhere the row, counted from 1. */
  readonly line: Int32Array; // [R]
  /** Epoch ms; for a bare date its midnight in UTC. */
  readonly stamp: Float64Array; // [R]
  /** 1 where the stamp is a bare date. */
  readonly dated: Uint8Array; // [R]
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly trades: Float64Array | null;
  readonly vwap: Float64Array | null;
  /** Ask − bid at the close, in price units. */
  readonly spread?: Float64Array | null;
  /** When the source says that the row became known, in epoch ms; else its close and a lag tell. */
  readonly knownAt?: Float64Array | null;
  /** 1 where the source says that the bar was built around a hole. */
  readonly partial?: Uint8Array | null;
  /** 1 where the source itself says that the bar is not complete. */
  readonly forming: Uint8Array | null;
  /** Rows that are longer bars than those of the series, as `markCoarse` told by all rows of their files. */
  readonly coarse?: readonly CoarseStretch[];
}

type Column = Float64Array | Int32Array | Uint8Array;

/** One behind the other. A column that any part lacks is left out, since half a column means nothing. */
export function joinRaw(parts: readonly RawCandles[]): RawCandles {
  if (parts.length === 1) return parts[0]!;
  const R = parts.reduce((sum, part) => sum + part.stamp.length, 0);
  const join = <A extends Column>(joined: A, pick: (part: RawCandles) => A): A => {
    let at = 0;
    for (const part of parts) {
      joined.set(pick(part), at);
      at += part.stamp.length;
    }
    return joined;
  };
  const floats = (pick: (part: RawCandles) => Float64Array): Float64Array => join(new Float64Array(R), pick);
  const all = (name: "trades" | "vwap" | "spread" | "knownAt"): Float64Array | null =>
    parts.length > 0 && parts.every((part) => part[name]) ? floats((part) => part[name]!) : null;
  const some = (name: "forming" | "partial"): Uint8Array | null =>
    parts.some((part) => part[name])
      ? join(new Uint8Array(R), (part) => part[name] ?? new Uint8Array(part.stamp.length))
      : null;
  const before = parts.map((_, p) => parts.slice(0, p).reduce((sum, part) => sum + part.files.length, 0));
  return {
    files: parts.flatMap((part) => part.files),
    file: join(new Int32Array(R), (part) => part.file.map((f) => f + before[parts.indexOf(part)]!)),
    line: join(new Int32Array(R), (part) => part.line),
    stamp: floats((part) => part.stamp),
    dated: join(new Uint8Array(R), (part) => part.dated),
    open: floats((part) => part.open),
    high: floats((part) => part.high),
    low: floats((part) => part.low),
    close: floats((part) => part.close),
    volume: floats((part) => part.volume),
    trades: all("trades"),
    vwap: all("vwap"),
    spread: all("spread"),
    knownAt: all("knownAt"),
    partial: some("partial"),
    forming: some("forming"),
  };
}

/** The given rows, in the given order. */
export function takeRaw(raw: RawCandles, rows: Int32Array): RawCandles {
  const take = <A extends Column>(column: A): A => {
    const taken = column.slice(0, rows.length) as A;
    for (let i = 0; i < rows.length; i++) taken[i] = column[rows[i]!]!;
    return taken;
  };
  const takeAny = <A extends Column>(column: A | null | undefined): A | null =>
    column ? take(column) : null;
  return {
    files: raw.files,
    file: take(raw.file),
    line: take(raw.line),
    stamp: take(raw.stamp),
    dated: take(raw.dated),
    open: take(raw.open),
    high: take(raw.high),
    low: take(raw.low),
    close: take(raw.close),
    volume: take(raw.volume),
    trades: takeAny(raw.trades),
    vwap: takeAny(raw.vwap),
    spread: takeAny(raw.spread),
    knownAt: takeAny(raw.knownAt),
    partial: takeAny(raw.partial),
    forming: takeAny(raw.forming),
  };
}
