import * as fc from "fast-check";
import type { History } from "../../evaluation/look-ahead/history.ts";
import { historyOf } from "../histories/history-of-plan.ts";
import { CANDLE_LOOK_ALIKES } from "./look-alikes.ts";
import { PLANTED } from "./mutants.ts";
import { ODD_INSTANTS, planArbitrary, type HistoryPlan } from "../histories/history-plan.ts";

/** The same for all mutants and look-alikes, fixed before the first of them was run. */
export const SEED = 2026;

/** Of so many histories one is long, and one sees the clocks change. */
const ROUND = 16;
const [LONG, CLOCKS] = [4, 10];

/** Histories that a planted bug has the time of, and that a clean change must be silent over. */
export const COUNTS = { planted: 160, clean: 12 };

/**
 * The histories that a name is held against, the same for all but for their number. Clean changes of what is made of
 * candles are spared the long ones, in which they would only be tried again on more of the same.
 */
export function historiesFor(name: string): readonly History[] {
  if (PLANTED.some((mutant) => mutant.name === name)) return all();
  const candles = CANDLE_LOOK_ALIKES.some((mutant) => mutant.name === name);
  return all().filter((_, i) => i < COUNTS.clean && !(candles && isLong(i)));
}

let made: readonly History[] | null = null;

function all(): readonly History[] {
  made ??= mutantHistories(COUNTS.planted);
  return made;
}

function mutantHistories(count: number): readonly History[] {
  const plans = fc.sample(planArbitrary({ mostRows: 100 }), { seed: SEED, numRuns: count });
  return plans.map((plan, i) => {
    if (isLong(i)) return historyOf(longOf(plan));
    const way = i % (2 * ROUND) < ROUND ? "back" : "forward";
    return historyOf(i % ROUND === CLOCKS ? clocksOf(plan, way) : plan);
  });
}

/** Whether history `i` is one of the long ones. */
export function isLong(i: number): boolean {
  return i % ROUND === LONG;
}

/** Long enough for what learns from outcomes, which is silent for some hundred rows; of a market that trades. */
function longOf(plan: HistoryPlan): HistoryPlan {
  const timeframes = plan.timeframes.slice(0, 2);
  const plain = { prices: "walk", gapShare: 0, lag: "none", second: null } as const;
  return { ...plan, ...plain, rows: 400 + (plan.seed % 20), timeframes, late: plan.late.slice(0, 3) };
}

/** A market that never closes, in days of a zone whose clocks change, and two days more. */
function clocksOf(plan: HistoryPlan, way: "forward" | "back"): HistoryPlan {
  const [city, zone] = plan.seed % 2 === 0 ? ["New York", "America/New_York"] : ["London", "Europe/London"];
  const [around] = ODD_INSTANTS[`${city}'s clocks go ${way}` as keyof typeof ODD_INSTANTS];
  const rows = 70 + (plan.seed % 20);
  const at = { around: Date.parse(around), before: plan.before / 3, rows };
  return { ...plan, ...at, calendar: `24x7@${zone}`, timeframes: ["1h", "4h", "1d"] };
}
