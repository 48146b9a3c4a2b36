import { rowsOf, type CandleSeries, type SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { countUpTo } from "../math/count-up-to.ts";
import type { EpochMs } from "../time/units.ts";

/** What is compared of a bar; NaN where its source has none. */
const VALUES = ["open", "high", "low", "close", "volume", "trades", "vwap", "spread"] as const;

/** The values of a bar by name, without those that its source does not have. */
export type BarValues = Readonly<Partial<Record<(typeof VALUES)[number], number>>>;

/** One bar that a correction put in place of another, or of none. */
export interface CorrectedBar {
  readonly openTime: EpochMs;
  readonly closeTime: EpochMs;
  /** Null where the bar had been missing. */
  readonly before: BarValues | null;
  readonly after: BarValues;
}

/** Facts about bars of one series that came late, all known from one instant on. */
export interface Correction {
  readonly knownAt: EpochMs;
  readonly bars: readonly CorrectedBar[]; // ascending by openTime, at least one
}

/** Which corrections: known in (after, until], of bars that open at `lastOpen` or before. */
export interface CorrectionSpan {
  readonly after: EpochMs;
  readonly until: EpochMs;
  readonly lastOpen: EpochMs;
}

/**
 * The corrections of a series in the order in which they became known, each against what was known right before it.
 * Bars that did not come late are none, nor are instants that concern later bars alone.
 */
export function correctionsOf(store: CandleStore, key: SeriesKey, span: CorrectionSpan): Correction[] {
  const { after, until, lastOpen } = span;
  const instants = store.corrections(key).filter((t) => t > after && t <= until);
  if (instants.length === 0) return [];
  const last = instants.at(-1)!;
  const newest = store.read(key, { asOf: last, to: lastOpen + 1 });
  // Whatever bar was corrected on the way is newer than `after` at its end: the rest need not be read again.
  const touched = newest.openTime.filter((_, row) => newest.knownAt[row]! > after);
  if (touched.length === 0) return [];
  const range = { from: touched[0]!, to: touched.at(-1)! + 1 };
  const found: Correction[] = [];
  let before = store.read(key, { ...range, asOf: after });
  for (const knownAt of instants) {
    const now = knownAt === last ? newest : store.read(key, { ...range, asOf: knownAt });
    const bars = correctedBars(before, now, knownAt);
    if (bars.length > 0) found.push({ knownAt, bars });
    before = now;
  }
  return found;
}

function correctedBars(before: CandleSeries, now: CandleSeries, knownAt: EpochMs): CorrectedBar[] {
  const bars: CorrectedBar[] = [];
  for (let row = 0; row < rowsOf(now); row++) {
    if (now.knownAt[row] !== knownAt) continue;
    const openTime = now.openTime[row]!;
    const was = countUpTo(before.openTime, openTime) - 1;
    const old = before.openTime[was] === openTime ? valuesAt(before, was) : null;
    const after = valuesAt(now, row);
    if (old && VALUES.every((name) => old[name] === after[name])) continue;
    bars.push({ openTime, closeTime: now.closeTime[row]!, before: old, after });
  }
  return bars;
}

function valuesAt(series: CandleSeries, row: number): BarValues {
  const given = VALUES.map((name) => [name, series[name]?.[row] ?? NaN] as const);
  return Object.fromEntries(given.filter(([, value]) => !Number.isNaN(value)));
}
