import { rowsOf, type CandleSeries, type SeriesKey } from "../candles/candle-series.ts";
import { takeRows } from "../candles/slice.ts";
import { LABELS, MATURE, type ContextColumns } from "../context/context.ts";
import type { LabelCounts, Memory } from "../memory/memory.ts";
import type { EpochMs } from "../time/units.ts";
import { pickContexts } from "./moments.ts";
import type { RememberOptions } from "./remember.ts";
import type { View } from "./views.ts";

const CHUNK = 5_000;

/** The labels of one view, and the rows they belong to. */
export interface Labelled {
  readonly facts: CandleSeries;
  readonly columns: ContextColumns;
}

/**
 * Which bar each anchor of the views so far was: a bar keeps the anchor at which it came on time, whatever becomes of
 * it in later views. By open time.
 */
export type Anchors = Map<EpochMs, EpochMs>;

export function addAnchors(anchors: Anchors, { facts, isAnchor }: View): void {
  isAnchor.forEach((is, row) => {
    if (is === 1) anchors.set(facts.openTime[row]!, facts.knownAt[row]!);
  });
}

/**
 * Stores what followed the anchors as it became known during a view: first outcomes, and revisions where a correction
 * changed one that an earlier view had.
 * @param now the labels of the view, from its facts
 * @param before those of the view before it: labels equal to the bit say nothing new and are not sent
 */
export async function fillContexts(
  memory: Memory,
  key: SeriesKey,
  now: Labelled,
  before: Labelled | null,
  anchors: Anchors,
  { signal, onProgress }: RememberOptions,
): Promise<LabelCounts> {
  const stored = new Set(await memory.anchors(key));
  const news = newsOf(now, before ?? nothing(now));
  const due = news.filter((row) => stored.has(anchors.get(now.facts.openTime[row]!) ?? NaN));
  const counts = { written: 0, revised: 0, unchanged: 0 };
  for (let start = 0; start < due.length; start += CHUNK) {
    signal?.throwIfAborted();
    const end = Math.min(start + CHUNK, due.length);
    const rows = Int32Array.from(due.slice(start, end));
    const at = Float64Array.from(rows, (row) => anchors.get(now.facts.openTime[row]!)!);
    const done = await memory.label({ series: key, anchors: at, columns: pickContexts(now.columns, rows) });
    for (const what of ["written", "revised", "unchanged"] as const) counts[what] += done[what];
    await onProgress?.(`storing what followed within ${now.columns.horizon}`, end, due.length);
  }
  return counts;
}

/** Before the first view nothing was labelled. */
function nothing({ facts, columns }: Labelled): Labelled {
  return { facts: takeRows(facts, new Int32Array()), columns };
}

/**
 * Rows whose label the view before had not, or had otherwise: what differs rests on a fact of this view, and is known
 * with it.
 */
function newsOf({ facts, columns }: Labelled, before: Labelled): number[] {
  const news: number[] = [];
  for (let row = 0, old = 0; row < rowsOf(facts); row++) {
    if (columns.state[row] !== MATURE) continue;
    const open = facts.openTime[row]!;
    while (before.facts.openTime[old]! < open) old++;
    const had = before.facts.openTime[old] === open && before.columns.state[old] === MATURE;
    if (!had || !sameLabel(before.columns, old, columns, row)) news.push(row);
  }
  return news;
}

function sameLabel(a: ContextColumns, i: number, b: ContextColumns, j: number): boolean {
  if (a.crossesClose[i] !== b.crossesClose[j]) return false;
  return LABELS.every((label) => {
    const [x, y] = [a.values[label][i]!, b.values[label][j]!];
    return x === y || (Number.isNaN(x) && Number.isNaN(y));
  });
}
