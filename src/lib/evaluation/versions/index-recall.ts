import type { SeriesKey } from "../../candles/candle-series.ts";
import type { Memory, Query } from "../../memory/memory.ts";
import type { Horizon } from "../../time/horizon.ts";

/** Neighbours that a question of the check asks for. */
export const RECALL_K = 10;

export interface RecallSample {
  readonly series: readonly SeriesKey[];
  readonly horizons: readonly Horizon[];
  /** About how many questions are asked in all. */
  readonly questions: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
}

/** How many of the nearest an index finds. */
export interface IndexRecall {
  readonly questions: number;
  /** Mean share of the RECALL_K nearest that the index found; NaN without a question. */
  readonly recall: number;
  /** The share of the question that fared worst. */
  readonly worst: number;
}

/**
 * Asks past moments of each series, evenly spaced in time and each as of its own, of the exact memory and of the one
 * behind an index. A neighbour as near as the farthest of the exact ones counts as found: equal distances are no error.
 * Moments before which fewer than RECALL_K had matured are not asked.
 */
export async function indexRecall(exact: Memory, index: Memory, sample: RecallSample): Promise<IndexRecall> {
  const questions = await sampleQuestions(exact, sample);
  const found: number[] = []; // of the RECALL_K of each question
  for (const [done, question] of questions.entries()) {
    sample.signal?.throwIfAborted();
    await sample.onProgress?.(done, questions.length);
    const nearest = await exact.query(question);
    if (nearest.length < RECALL_K) continue;
    const farthest = nearest.at(-1)!.distance;
    const hits = await index.query(question);
    const ids = new Set(hits.filter(({ distance }) => distance <= farthest).map(({ id }) => id));
    found.push(ids.size);
  }
  const all = found.reduce((sum, count) => sum + count, 0);
  const least = found.reduce((a, b) => Math.min(a, b), RECALL_K);
  return { questions: found.length, recall: all / (RECALL_K * found.length), worst: least / RECALL_K };
}

async function sampleQuestions(
  memory: Memory,
  { series, horizons, questions }: RecallSample,
): Promise<readonly Query[]> {
  const each = Math.max(1, Math.ceil(questions / Math.max(1, series.length * horizons.length)));
  const asked: Query[] = [];
  for (const key of series) {
    const anchors = await memory.anchors(key);
    for (const [h, horizon] of horizons.entries())
      for (const anchor of spaced(anchors, each, h / horizons.length)) {
        const pattern = await memory.at(key, anchor, anchor);
        if (!pattern) continue;
        asked.push({
          ...{ vector: pattern.vector, asOf: anchor, horizon, k: RECALL_K, among: "all" },
          ...{ timeframe: key.timeframe, distinctEpisodes: false },
        });
      }
  }
  return asked;
}

/** At most `wanted` values, evenly spaced, moved by a share of a step so that horizons ask different moments. */
function spaced(values: Float64Array, wanted: number, shift: number): readonly number[] {
  const step = values.length / Math.min(wanted, values.length || 1);
  const count = values.length === 0 ? 0 : Math.min(wanted, values.length);
  return Array.from({ length: count }, (_, i) => values[Math.floor((i + shift) * step)]!);
}
