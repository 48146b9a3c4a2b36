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
  /** 1 where the source itself says that the bar is not complete. */
  readonly forming: Uint8Array | null;
}

/** One behind the other. A column that any part lacks is left out, since half a column means nothing. */
export function joinRaw(parts: readonly RawCandles[]): RawCandles {
  if (parts.length === 1) return parts[0]!;
  const join = (pick: (part: RawCandles) => Float64Array): Float64Array => {
    const joined = new Float64Array(parts.reduce((sum, part) => sum + part.stamp.length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(pick(part), at);
      at += part.stamp.length;
    }
    return joined;
  };
  const all = (name: "trades" | "vwap"): Float64Array | null =>
    parts.length > 0 && parts.every((part) => part[name]) ? join((part) => part[name]!) : null;
  let offset = 0;
  const files = parts.map((part) => {
    const shifted = Float64Array.from(part.file, (f) => f + offset);
    offset += part.files.length;
    return shifted;
  });
  const empty = (part: RawCandles): Uint8Array => part.forming ?? new Uint8Array(part.stamp.length);
  return {
    files: parts.flatMap((part) => part.files),
    file: Int32Array.from(join((part) => files[parts.indexOf(part)]!)),
    line: Int32Array.from(join((part) => Float64Array.from(part.line))),
    stamp: join((part) => part.stamp),
    dated: Uint8Array.from(join((part) => Float64Array.from(part.dated))),
    open: join((part) => part.open),
    high: join((part) => part.high),
    low: join((part) => part.low),
    close: join((part) => part.close),
    volume: join((part) => part.volume),
    trades: all("trades"),
    vwap: all("vwap"),
    forming: parts.some((part) => part.forming)
      ? Uint8Array.from(join((part) => Float64Array.from(empty(part))))
      : null,
  };
}
