import type { Timeframe } from "../time/timeframe.ts";
import { DAY, HOUR, type DurationMs } from "../time/units.ts";
import { timeframeOfStep } from "./infer-timeframe.ts";

// Evidence for coarse rows, in nats: how surprising equal longer steps are, if the bars between were missing by chance.
// In 116 real files of 2.7 million rows it comes to 4.2 at most, and to none where a file begins. Of 49,000 markets in
// which chance leaves 3 to 90 % of the bars out, 0.5 % lose their first ten rows or so, and none a row further on.

/** Within a file: some 13 daily rows among hours, or 29 hourly ones among half hours. Evidence grows no further. */
const SURE = 40;
/** Where a file begins, since vendors put coarser history there: three daily rows, or six of hours among half hours. */
const SURE_AT_START = 6;
/** What each row before the first equal step asks for besides. */
const ROW_BEFORE = 2;
/** What a step of another length takes away, and what one as fine as the timeframe does. */
const [OTHER_STEP, FINE_STEP] = [1, 5];

/** Steps of days and longer vary, with clocks, holidays and the lengths of months. */
const VARYING: readonly { readonly step: Timeframe; readonly from: DurationMs; readonly to: DurationMs }[] = [
  { step: "1d", from: DAY - HOUR, to: DAY + HOUR },
  { step: "1w", from: 6 * DAY - HOUR, to: 8 * DAY + HOUR },
  { step: "1mo", from: 26 * DAY - HOUR, to: 34 * DAY + HOUR },
];

/** The timeframe of bars so far apart. */
export function barsOf(step: DurationMs): Timeframe | null {
  return VARYING.find(({ from, to }) => step >= from && step <= to)?.step ?? timeframeOfStep(step);
}

interface Evidence {
  nats: number;
  steps: number;
  /** The row that the first of these steps begins with. */
  readonly first: number;
}

/** Weighs the steps of a run of rows one by one, each by itself and by those before it. */
export class StepEvidence {
  readonly #startsFile: boolean;
  readonly #of = new Map<Timeframe, Evidence>();
  /** The step of which the rows up to now are bars; null while they may be bars of the series. */
  coarse: Timeframe | null = null;
  /** The row with which the equal steps began that proved it. */
  first = 0;

  /** @param startsFile whether the run begins where its file does */
  constructor(startsFile: boolean) {
    this.#startsFile = startsFile;
  }

  /** A step as fine as the timeframe. */
  takeFine(): void {
    this.#weaken(null, FINE_STEP);
  }

  /**
   * A longer step, which begins with row `row`.
   * @param bars how many bars of the series begin in it
   */
  take(length: DurationMs, row: number, bars: (row: number) => number): void {
    const step = barsOf(length);
    this.#weaken(step, OTHER_STEP);
    if (step === null) return;
    const nats = surpriseOf(bars(row), length, step);
    if (nats === 0) return;
    const seen = this.#of.get(step) ?? { nats: 0, steps: 0, first: row };
    this.#of.set(step, seen);
    seen.nats = Math.min(SURE, seen.nats + nats);
    seen.steps++;
    if (this.coarse !== null || seen.nats < this.#sureOf(seen)) return;
    this.coarse = step;
    this.first = seen.first;
  }

  #sureOf({ steps, first }: Evidence): number {
    return this.#startsFile && steps > 1 ? Math.min(SURE, SURE_AT_START + ROW_BEFORE * first) : SURE;
  }

  /** Other steps use evidence up; the rows are coarse as long as there is some, or enough for bars of another length. */
  #weaken(but: Timeframe | null, nats: number): void {
    for (const [step, seen] of this.#of) {
      if (step === but) continue;
      seen.nats -= nats;
      if (seen.nats <= 0) this.#of.delete(step);
    }
    if (this.coarse === null || this.#of.has(this.coarse)) return;
    this.coarse = [...this.#of].find(([, seen]) => seen.nats >= SURE_AT_START)?.[0] ?? null;
  }
}

/**
 * How surprising it is that the first of so many bars is there and the others are missing, in nats, if bars were
 * missing by chance: by the chance that makes it least surprising. One of several lengths is less surprising.
 */
function surpriseOf(bars: number, length: DurationMs, step: Timeframe): number {
  if (bars < 2) return 0;
  const { from, to } = VARYING.find((one) => one.step === step) ?? { from: length, to: length };
  const lengths = 1 + (bars * (to - from)) / length;
  return Math.max(0, Math.log(bars) - (bars - 1) * Math.log1p(-1 / bars) - Math.log(lengths));
}
