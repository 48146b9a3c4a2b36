import type * as fc from "fast-check";
import type { History } from "../../evaluation/look-ahead/history.ts";
import { historyOf } from "./history-of-plan.ts";
import { planArbitrary, type HistoryOptions } from "./history-plan.ts";

/**
 * Random pasts, most of them odd in some way; they shrink to short ones of a market that never closes, without late
 * facts. Deterministic: a seed of fast-check gives the same histories on every machine.
 */
export function historyArbitrary(options: HistoryOptions = {}): fc.Arbitrary<History> {
  return planArbitrary(options).map(historyOf);
}
