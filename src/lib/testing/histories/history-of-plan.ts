import type { CandleFacts } from "../../candles/candle-facts.ts";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { takeRows } from "../../candles/slice.ts";
import type { History } from "../../evaluation/look-ahead/history.ts";
import { createRng, type Rng } from "../../math/rng.ts";
import { calendarByName } from "../../time/calendars.ts";
import { nominalWidth } from "../../time/timeframe.ts";
import { DAY, MINUTE, SECOND } from "../../time/units.ts";
import { syntheticCandles } from "../candles.ts";
import { wildCandles } from "../wild-candles.ts";
import { describeHistory } from "./describe-history.ts";
import { factsOfDeliveries, type Delivery } from "./facts-of-deliveries.ts";
import type { HistoryPlan, Lag, LatePlan } from "./history-plan.ts";
import { readAsFile } from "./read-as-file.ts";

/** The history of a plan: candles read as from a file, then whatever is learned late about them, as a store holds it. */
export function historyOf(plan: HistoryPlan): History {
  const { seed, timeframes, second } = plan;
  const facts = [factsOf(plan, "A", seed)];
  if (second) facts.push(factsOf({ ...plan, ...second }, "B", seed + 1));
  return { facts, timeframes, seed, about: describeHistory(plan, facts) };
}

/** What one source delivered, in order. */
export function deliveriesOf(plan: HistoryPlan, symbol: string, seed: number): readonly Delivery[] {
  const rng = createRng(seed);
  const { stamp, untidy } = plan;
  const whole = readAsFile(candlesOf(plan, symbol, seed, rng), { stamp, untidy, rng });
  return withLate(whole, plan.late, rng);
}

function factsOf(plan: HistoryPlan, symbol: string, seed: number): CandleFacts {
  const deliveries = deliveriesOf(plan, symbol, seed);
  return factsOfDeliveries(deliveries, deliveries[0]!.series);
}

// ---- what happened ------------------------------------------------------------------------------------------------

function candlesOf(plan: HistoryPlan, symbol: string, seed: number, rng: Rng): CandleSeries {
  const { rows, around, before, prices, gapShare, columns, lag } = plan;
  const timeframe = plan.timeframes[0]!;
  const start = around - Math.floor((before * rows * nominalWidth(timeframe)) / MINUTE) * MINUTE;
  const calendar = calendarByName(plan.calendar);
  const walk = syntheticCandles({ seed, rows, timeframe, calendar, start, gapShare, symbol });
  const { open, high, low, close, volume } = prices === "walk" ? walk : wildCandles(prices, seed, rows);
  const optional = {
    trades: () => Float64Array.from(volume, () => rng.int(1000)),
    vwap: () => close.map((price, i) => (price + open[i]!) / 2),
    spread: () => close.map((price) => price * 1e-4 * rng.next()),
  };
  const made = columns.map((name) => [name, optional[name]()]);
  const knownAt = knownAfter(walk.closeTime, lag);
  return { ...walk, open, high, low, close, volume, knownAt, ...Object.fromEntries(made) };
}

/** When bars are known: out of order alone some before an earlier one. */
function knownAfter(closeTime: Float64Array, lag: Lag): Float64Array {
  const N = closeTime.length;
  const back = closeTime.subarray(0, Math.ceil(N / 2)).at(-1) ?? 0;
  switch (lag) {
    case "none":
      return closeTime.slice();
    case "constant":
      return closeTime.map((t) => t + 3 * SECOND);
    case "growing":
      return closeTime.map((t, i) => t + i * SECOND);
    case "outage": // a sixth of all bars, known at once half-way
      return closeTime.map((t, i) => (i >= N / 3 && t < back ? back : t));
    case "out of order": // every seventh known after the fourth bar behind it
      return closeTime.map((t, i) => (i % 7 === 1 ? closeTime[Math.min(i + 4, N - 1)]! + SECOND : t));
  }
}

// ---- what was learned late ----------------------------------------------------------------------------------------

/** What comes on time, portion by portion, and what is learned late in between. */
function withLate(whole: CandleSeries, plans: readonly LatePlan[], rng: Rng): readonly Delivery[] {
  const late = plans.flatMap((plan) => lateDeliveries(whole, plan, rng)).sort((a, b) => a.now - b.now);
  const missing = new Set(plans.flatMap((plan) => (plan.what === "missing" ? [...rowsOf(plan, whole)] : [])));
  const onTime = Int32Array.from(whole.openTime.keys()).filter((row) => !missing.has(row));
  const deliveries: Delivery[] = [];
  let from = 0;
  for (const next of [...late, null]) {
    const until = next?.now ?? Infinity;
    let to = from;
    while (to < onTime.length && whole.knownAt[onTime[to]!]! <= until) to++;
    const rows = onTime.subarray(from, to);
    if (rows.length > 0 || deliveries.length === 0)
      deliveries.push({ series: takeRows(whole, rows), now: whole.knownAt[rows.at(-1) ?? 0] ?? 0 });
    if (next) deliveries.push(next);
    from = to;
  }
  return deliveries;
}

function rowsOf({ at, bars }: LatePlan, { openTime: { length: N } }: CandleSeries): Int32Array {
  const first = Math.floor(at * N);
  return Int32Array.from({ length: Math.min(bars, N - first) }, (_, i) => first + i);
}

/** A correction, or a correction and its withdrawal. */
function lateDeliveries(whole: CandleSeries, plan: LatePlan, rng: Rng): readonly Delivery[] {
  const rows = rowsOf(plan, whole);
  if (rows.length === 0) return [];
  const taken = takeRows(whole, rows);
  const learned = (delay: number): number => {
    const newest = Math.min(whole.openTime.length - 1, rows.at(-1)! + delay);
    return learnedAt(whole.knownAt, plan.when, newest);
  };
  const now = learned(plan.delay);
  if (plan.what === "missing" || plan.what === "again") return [{ series: taken, now }];
  const correction = { series: revised(taken, rng), now };
  return plan.what === "revised"
    ? [correction]
    : [correction, { series: taken, now: learned(plan.delay + 3) + 1 }];
}

function learnedAt(knownAt: Float64Array, when: LatePlan["when"], newest: number): number {
  const last = knownAt.at(-1)!;
  if (when === "after") return last + 3 * DAY;
  if (when === "with") return knownAt[newest]!;
  const next = knownAt[newest + 1] ?? last + MINUTE;
  return Math.floor((knownAt[newest]! + next) / 2);
}

/** Other prices, by up to a tenth or out of all bounds, or another volume alone. */
function revised(series: CandleSeries, rng: Rng): CandleSeries {
  const factor = [1, 100][rng.int(5)] ?? 0.9 + 0.2 * rng.next();
  const prices = (["open", "high", "low", "close"] as const).map(
    (name) => [name, series[name].map((price) => price * factor)] as const,
  );
  return { ...series, ...Object.fromEntries(prices), volume: series.volume.map((v) => v + 1) };
}
