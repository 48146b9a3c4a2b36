import type { SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { CONTEXT_STATES, type ContextColumns } from "../context/context.ts";
import { labelHorizon } from "../context/label.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { Memory } from "../memory/memory.ts";
import { hashParts } from "../math/hash.ts";
import type { Horizon } from "../time/horizon.ts";
import { momentsOf, pick, pickContexts, type Moments } from "./moments.ts";
import { views, type View } from "./views.ts";

const CHUNK = 5_000; // patterns per transaction: small enough to stop between, large enough to be fast
const MATURE = CONTEXT_STATES.indexOf("mature");

export interface RememberOptions {
  readonly horizons: readonly Horizon[];
  readonly signal?: AbortSignal;
  /** Awaited, so that a caller may let other work run; total is 0 where it is not known. */
  readonly onProgress?: (stage: string, done: number, total: number) => void | Promise<void>;
}

export interface RememberReport {
  readonly anchors: number;
  readonly written: number;
  readonly labelled: Readonly<Record<Horizon, number>>;
}

/**
 * Puts every anchor of a stored series into memory and fills every context that has matured. What is there
 * already is left alone, so it may be stopped and run again at any time.
 */
export async function remember(
  store: CandleStore,
  memory: Memory,
  encoder: Encoder,
  key: SeriesKey,
  options: RememberOptions,
): Promise<RememberReport> {
  const { horizons, signal, onProgress } = options;
  const filled = new Map(horizons.map((horizon) => [horizon, new Set<number>()]));
  const labelled: Record<Horizon, number> = Object.fromEntries(horizons.map((horizon) => [horizon, 0]));
  let written = 0;
  for (const view of views(store, key)) {
    if (!view.isAnchor.includes(1)) continue;
    const moments = await momentsOf(view.series, encoder, {
      horizons,
      ...(signal ? { signal } : {}),
      onStage: (stage) => onProgress?.(stage, 0, 0),
    });
    written += await putNew(memory, encoder, key, view, moments, options);
    for (const horizon of horizons)
      labelled[horizon]! += await fill(memory, key, view, moments, horizon, filled.get(horizon)!, options);
  }
  return { anchors: (await memory.anchors(key)).length, written, labelled };
}

/** Hash of the history a pattern was made from: the bars of its series, not the file they came in. */
export function dataHash(view: View): string {
  const { openTime, open, high, low, close, volume } = view.series;
  return hashParts(openTime, open, high, low, close, volume).slice(0, 32);
}

async function putNew(
  memory: Memory,
  encoder: Encoder,
  key: SeriesKey,
  view: View,
  moments: Moments,
  { signal, onProgress }: RememberOptions,
): Promise<number> {
  const { rows, anchors, vectors, dim } = moments.embeddings;
  const stored = await anchorsWith(memory, key, Object.keys(moments.base));
  const fresh: number[] = [];
  for (let a = 0; a < rows.length; a++)
    if (view.isAnchor[rows[a]!] && !stored.has(anchors[a]!)) fresh.push(a);
  const lineage = {
    dataHash: dataHash(view),
    designHash: encoder.featureSetHash,
    encoderVersion: encoder.version,
  };
  const atrNow = Object.values(moments.contexts)[0]!.atrNow;
  let written = 0;
  for (let start = 0; start < fresh.length; start += CHUNK) {
    signal?.throwIfAborted();
    const chunk = Int32Array.from(fresh.slice(start, start + CHUNK));
    const at = Int32Array.from(chunk, (a) => rows[a]!);
    const flat = new Float32Array(chunk.length * dim);
    chunk.forEach((a, i) => flat.set(vectors.subarray(a * dim, (a + 1) * dim), i * dim));
    const batch = {
      series: key,
      anchors: Float64Array.from(chunk, (a) => anchors[a]!),
      vectors: flat,
      atrNow: pick(atrNow, at),
      base: Object.fromEntries(Object.entries(moments.base).map(([h, values]) => [h, pick(values, at)])),
      revision: 0,
      lineage,
    };
    written += (await memory.put(batch)).written;
    await onProgress?.("storing patterns", Math.min(start + CHUNK, fresh.length), fresh.length);
  }
  return written;
}

/** Anchors that lack nothing: none where a horizon is new, so that stored patterns get its base forecasts too. */
async function anchorsWith(
  memory: Memory,
  key: SeriesKey,
  horizons: readonly Horizon[],
): Promise<Set<number>> {
  const newest = await memory.at(key, Infinity);
  const whole = newest !== null && horizons.every((horizon) => Object.hasOwn(newest.base, horizon));
  return new Set(whole ? await memory.anchors(key) : []);
}

/** Contexts that matured during this view. One that matured in an earlier view keeps what was known then. */
async function fill(
  memory: Memory,
  key: SeriesKey,
  view: View,
  moments: Moments,
  horizon: Horizon,
  filled: Set<number>,
  { signal, onProgress }: RememberOptions,
): Promise<number> {
  const columns: ContextColumns =
    view.facts === view.series ? moments.contexts[horizon]! : labelHorizon(view.facts, horizon);
  const stored = new Set(await memory.anchors(key));
  const due: number[] = [];
  for (const row of moments.embeddings.rows) {
    const anchor = view.series.knownAt[row]!;
    const matureAt = columns.matureAt[row]!;
    const now = columns.state[row] === MATURE && matureAt >= view.from && matureAt < view.to;
    if (now && stored.has(anchor) && !filled.has(anchor)) due.push(row);
  }
  let written = 0;
  for (let start = 0; start < due.length; start += CHUNK) {
    signal?.throwIfAborted();
    const rows = Int32Array.from(due.slice(start, start + CHUNK));
    const anchors = pick(view.series.knownAt, rows);
    written += (await memory.label({ series: key, anchors, columns: pickContexts(columns, rows) })).written;
    for (const anchor of anchors) filled.add(anchor);
    await onProgress?.(
      `storing what followed within ${horizon}`,
      Math.min(start + CHUNK, due.length),
      due.length,
    );
  }
  return written;
}
