import type { SeriesKey } from "../candles/candle-series.ts";
import { MATURE, type ContextColumns } from "../context/context.ts";
import type { Memory } from "../memory/memory.ts";
import { pick, pickContexts } from "./moments.ts";
import type { RememberOptions } from "./remember.ts";
import type { View } from "./views.ts";

const CHUNK = 5_000;

/**
 * Fills the contexts of stored anchors that matured during this view, `columns` being made from its facts. One that
 * matured in an earlier view keeps what was known at that time: `filled` holds its anchor. Returns how many were new.
 */
export async function fillContexts(
  memory: Memory,
  key: SeriesKey,
  view: View,
  columns: ContextColumns,
  filled: Set<number>,
  { signal, onProgress }: RememberOptions,
): Promise<number> {
  const stored = new Set(await memory.anchors(key));
  const due: number[] = [];
  for (let row = 0; row < columns.state.length; row++) {
    const anchor = view.series.knownAt[row]!;
    const matureAt = columns.matureAt[row]!;
    const now = columns.state[row] === MATURE && matureAt >= view.from && matureAt < view.to;
    if (now && stored.has(anchor) && !filled.has(anchor)) due.push(row);
  }
  let written = 0;
  for (let start = 0; start < due.length; start += CHUNK) {
    signal?.throwIfAborted();
    const end = Math.min(start + CHUNK, due.length);
    const rows = Int32Array.from(due.slice(start, end));
    const anchors = pick(view.series.knownAt, rows);
    written += (await memory.label({ series: key, anchors, columns: pickContexts(columns, rows) })).written;
    for (const anchor of anchors) filled.add(anchor);
    await onProgress?.(`storing what followed within ${columns.horizon}`, end, due.length);
  }
  return written;
}
