import type { SeriesKey } from "../candles/candle-series.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { designHash } from "../graph/design.ts";
import type { Memory, PatternBatch } from "../memory/memory.ts";
import type { Horizon } from "../time/horizon.ts";
import { dataHashes } from "./data-hash.ts";
import { pick, type Moments } from "./moments.ts";
import type { RememberOptions } from "./remember.ts";
import type { View } from "./views.ts";

const CHUNK = 5_000; // patterns per transaction: small enough to stop between, large enough to be fast

/** Puts the anchors of a view that memory lacks; returns how many were written. */
export async function putMoments(
  memory: Memory,
  encoder: Encoder,
  key: SeriesKey,
  view: View,
  moments: Moments,
  { signal, onProgress }: RememberOptions,
): Promise<number> {
  const { rows, anchors } = moments.embeddings;
  const stored = await anchorsWith(memory, key, Object.keys(moments.base));
  const fresh: number[] = [];
  for (let a = 0; a < rows.length; a++)
    if (view.isAnchor[rows[a]!] && !stored.has(anchors[a]!)) fresh.push(a);
  const hashes = dataHashes(view.series);
  let written = 0;
  for (let start = 0; start < fresh.length;) {
    signal?.throwIfAborted();
    const hash = hashes[rows[fresh[start]!]!]!;
    let end = start;
    while (end < fresh.length && end - start < CHUNK && hashes[rows[fresh[end]!]!] === hash) end++;
    const batch = batchOf(Int32Array.from(fresh.slice(start, end)), key, encoder, moments, hash);
    written += (await memory.put(batch)).written;
    await onProgress?.("storing patterns", end, fresh.length);
    start = end;
  }
  return written;
}

/** Whether memory lacks nothing of a view. Where the encoder makes no moment of an anchor, nobody knows but by asking it. */
export async function holdsMoments(
  memory: Memory,
  key: SeriesKey,
  { facts, isAnchor }: View,
  horizons: readonly Horizon[],
): Promise<boolean> {
  const stored = await anchorsWith(memory, key, horizons);
  return facts.knownAt.every((anchor, row) => isAnchor[row] === 0 || stored.has(anchor));
}

/** The moments at positions `chosen` among the embeddings, as one batch. */
function batchOf(
  chosen: Int32Array,
  key: SeriesKey,
  encoder: Encoder,
  { embeddings, contexts, base }: Moments,
  dataHash: string,
): PatternBatch {
  const { rows, anchors, vectors, dim } = embeddings;
  const at = chosen.map((a) => rows[a]!);
  const flat = new Float32Array(chosen.length * dim);
  chosen.forEach((a, i) => flat.set(vectors.subarray(a * dim, (a + 1) * dim), i * dim));
  return {
    series: key,
    anchors: pick(anchors, chosen),
    vectors: flat,
    atrNow: pick(Object.values(contexts)[0]!.atrNow, at),
    base: Object.fromEntries(Object.entries(base).map(([h, values]) => [h, pick(values, at)])),
    revision: 0,
    lineage: { dataHash, designHash: designHash(encoder.design), encoderVersion: encoder.version },
  };
}

/** Anchors that lack nothing: none where a horizon is new, so that stored patterns get its base forecasts too. */
export async function anchorsWith(
  memory: Memory,
  key: SeriesKey,
  horizons: readonly Horizon[],
): Promise<Set<number>> {
  const newest = await memory.at(key, Infinity, Infinity);
  const whole = newest !== null && horizons.every((horizon) => Object.hasOwn(newest.base, horizon));
  return new Set(whole ? await memory.anchors(key) : []);
}
