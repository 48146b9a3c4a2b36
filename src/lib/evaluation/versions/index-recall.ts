import type { SeriesKey } from "../../candles/candle-series.ts";
import type { Memory, Query } from "../../memory/memory.ts";
import type { Horizon } from "../../time/horizon.ts";
import type { EpochMs } from "../../time/units.ts";

/** Neighbours that a question of the check asks for. */
export const RECALL_K = 10;

export interface RecallSample {
  readonly series: readonly SeriesKey[];
  readonly horizons: readonly Horizon[];
  /** About how many questions are asked in all. */
  readonly questions: number;
  /** With fewer moments in scope than this the index compares them one by one: such answers are exact anyway. */
  readonly exactBelow: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
}

/** How many of the nearest an index finds. */
export interface RecallShare {
  readonly questions: number;
  /** Mean share of the RECALL_K nearest that the index found; NaN without a question. */
  readonly recall: number;
  /** The share of the question that fared worst; NaN without one. */
  readonly worst: number;
}

/** The same apart for questions that say something about a graph, and those that cannot. */
export interface IndexRecall {
  /** With `exactBelow` moments in scope or more. */
  readonly graph: RecallShare;
  /** With fewer. */
  readonly oneByOne: RecallShare;
  /** Moments, counted per horizon, that have enough before them to be asked, and how many of them ask the graph. */
  readonly askable: number;
  readonly askableOfGraph: number;
  readonly exactBelow: number;
}

/**
 * Asks past moments of each series, evenly spaced in time and each as of its own, of the exact memory and of the one
 * behind an index. A neighbour as near as the farthest of the exact ones counts as found: equal distances are no error.
 * Only moments before which RECALL_K had matured are drawn; half of them, where there are such, have enough in scope
 * for the graph to be asked.
 */
export async function indexRecall(exact: Memory, index: Memory, sample: RecallSample): Promise<IndexRecall> {
  const { series, horizons, exactBelow } = sample;
  const strata = await strataOf(exact, sample);
  const groups = Math.max(1, series.length * horizons.length);
  const found = { graph: [] as number[], oneByOne: [] as number[] }; // of the RECALL_K of each question
  const drawn = strata.flatMap((stratum) => {
    const halves = strata.some((other) => other.ofGraph !== stratum.ofGraph) ? 2 : 1;
    const each = Math.max(1, Math.ceil(sample.questions / groups / halves));
    return spaced(stratum.anchors, each).map((anchor) => ({ ...stratum, anchor }));
  });
  for (const [done, { key, horizon, anchor, ofGraph }] of drawn.entries()) {
    sample.signal?.throwIfAborted();
    await sample.onProgress?.(done, drawn.length);
    const question = await questionAt(exact, key, horizon, anchor);
    if (question) found[ofGraph ? "graph" : "oneByOne"].push(await foundOf(exact, index, question));
  }
  const count = (those: readonly Stratum[]): number =>
    those.reduce((sum, { anchors }) => sum + anchors.length, 0);
  return {
    ...{ graph: shareOf(found.graph), oneByOne: shareOf(found.oneByOne), exactBelow },
    ...{ askable: count(strata), askableOfGraph: count(strata.filter(({ ofGraph }) => ofGraph)) },
  };
}

/** How many of the nearest the index finds; each counts once. */
async function foundOf(exact: Memory, index: Memory, question: Query): Promise<number> {
  const nearest = await exact.query(question);
  const farthest = nearest.at(-1)?.distance ?? -Infinity;
  const hits = await index.query(question);
  return new Set(hits.filter(({ distance }) => distance <= farthest).map(({ id }) => id)).size;
}

function shareOf(found: readonly number[]): RecallShare {
  const all = found.reduce((sum, count) => sum + count, 0);
  const worst = found.reduce((a, b) => Math.min(a, b), found.length > 0 ? RECALL_K : NaN);
  return { questions: found.length, recall: all / (RECALL_K * found.length), worst: worst / RECALL_K };
}

/** Moments of one series that may be asked about one horizon. */
interface Stratum {
  readonly key: SeriesKey;
  readonly horizon: Horizon;
  readonly ofGraph: boolean;
  readonly anchors: Float64Array;
}

/** What has matured only grows, so the first moment with so many in scope parts a series. */
async function strataOf(
  memory: Memory,
  { series, horizons, exactBelow }: RecallSample,
): Promise<readonly Stratum[]> {
  const strata: Stratum[] = [];
  for (const key of series) {
    const anchors = await memory.anchors(key);
    for (const horizon of horizons) {
      const first = await firstWith(memory, key, horizon, anchors, RECALL_K);
      const graph = await firstWith(memory, key, horizon, anchors, Math.max(RECALL_K, exactBelow));
      const parts = { oneByOne: anchors.subarray(first, graph), graph: anchors.subarray(graph) };
      if (parts.oneByOne.length > 0) strata.push({ key, horizon, ofGraph: false, anchors: parts.oneByOne });
      if (parts.graph.length > 0) strata.push({ key, horizon, ofGraph: true, anchors: parts.graph });
    }
  }
  return strata;
}

/** Number of the first anchor as of which at least `wanted` moments can answer; their count where there is none. */
async function firstWith(
  memory: Memory,
  { timeframe }: SeriesKey,
  horizon: Horizon,
  anchors: Float64Array,
  wanted: number,
): Promise<number> {
  let [low, high] = [0, anchors.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const asOf = anchors[middle]!;
    const inScope = await memory.countMatured({ asOf, horizon, timeframe, among: "all" });
    if (inScope >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

async function questionAt(
  memory: Memory,
  key: SeriesKey,
  horizon: Horizon,
  anchor: EpochMs,
): Promise<Query | null> {
  const pattern = await memory.at(key, anchor, anchor);
  return (
    pattern && {
      ...{ vector: pattern.vector, asOf: anchor, horizon, k: RECALL_K, among: "all" },
      ...{ timeframe: key.timeframe, distinctEpisodes: false },
    }
  );
}

/** At most `wanted` values, from the middles of as many equal parts. */
function spaced(values: Float64Array, wanted: number): readonly number[] {
  const count = Math.min(wanted, values.length);
  const step = values.length / count;
  return Array.from({ length: count }, (_, i) => values[Math.floor((i + 0.5) * step)]!);
}
