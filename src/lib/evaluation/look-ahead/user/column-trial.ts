import type { CandleSeries } from "../../../candles/candle-series.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { GarbageKind } from "../garbage.ts";
import type { Misfit } from "./caller.ts";
import { compareTold, type Comparison } from "./compare.ts";
import type { Verdict } from "./report.ts";

/** Worst first: where several are true of a column, this one is its verdict. */
const SEVERITY: readonly Verdict[] = [
  "not deterministic",
  "leak",
  "reads the clock",
  "wrong length",
  "not numbers",
  "throws",
  "comes and goes",
  "changes its input",
  "not checkable",
];

/** A row whose value changed with what became known after `instant`. */
export interface Shown {
  readonly check: "prefix" | "garbage";
  readonly garbage: GarbageKind | null;
  readonly instant: EpochMs;
  readonly openTime: EpochMs;
  readonly anchor: EpochMs;
  /** NaN where it says nothing. */
  readonly asKnown: number;
  readonly withMore: number;
}

/** What a function says of one column when it is given other candles that are the same up to `t`. */
export interface Held {
  readonly t: EpochMs;
  /** null: only what was known by `t` was given; else what stood for the rest. */
  readonly garbage: GarbageKind | null;
  /** undefined: it has no such column then. */
  readonly values: Float64Array | Misfit | undefined;
  /** Of the base bars that were given. */
  readonly knownAt: Float64Array;
  /** What was given, in words. */
  readonly where: string;
}

/** What was found out about one column so far. */
export class ColumnTrial {
  readonly name: string;
  /** Its values with all candles; null where it is no column then. [N] */
  readonly whole: Float64Array | null;
  compared = 0;
  /** Instants at which defined values were compared, and all at which it leaked. */
  heldAt = 0;
  readonly shownAt = new Set<EpochMs>();
  /** The largest difference seen, in proportion to the value. */
  relative = 0;
  example: Shown | null = null;
  /** Whether it differed where later rows were all there, with other prices. */
  onPrices = false;
  #verdict: Verdict = "clean";
  #reason: string | null = null;

  constructor(name: string, whole: Float64Array | Misfit | null) {
    this.name = name;
    this.whole = whole instanceof Float64Array ? whole : null;
    if (!whole) this.blame("comes and goes", "it is not there with all candles");
    else if (!this.whole) this.#blameMisfit(whole as Misfit, "");
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  get reason(): string | null {
    return this.#reason;
  }

  get firstDefined(): number | null {
    const row = this.whole?.findIndex((value) => !Number.isNaN(value)) ?? -1;
    return row < 0 ? null : row;
  }

  /** Keeps the worst; of equally bad ones the first. */
  blame(verdict: Verdict, reason: string): void {
    const rank = (one: Verdict): number => (one === "clean" ? Infinity : SEVERITY.indexOf(one));
    if (rank(verdict) >= rank(this.#verdict)) return;
    [this.#verdict, this.#reason] = [verdict, reason];
  }

  /** Holds what it says with all candles against what it says of others that are the same up to an instant. */
  hold(base: CandleSeries, held: Held, tolerance: number): void {
    const { t, garbage, values, where } = held;
    if (values === undefined) this.blame("comes and goes", `it is not there ${where}`);
    else if (!(values instanceof Float64Array)) this.#blameMisfit(values, `, ${where}`);
    if (!this.whole || (values && !(values instanceof Float64Array))) return;
    const other = values ? { values, knownAt: held.knownAt } : null;
    const found = compareTold({ values: this.whole, knownAt: base.knownAt }, other, t, tolerance);
    if (garbage === null) {
      this.heldAt += Number(found.compared > 0);
      this.compared += found.compared;
    }
    if (found.differing > 0) this.#leaks(base, held, found, other?.values[found.otherRow] ?? NaN);
  }

  #leaks(base: CandleSeries, { t, garbage }: Held, { row, relative }: Comparison, heard: number): void {
    const withAll = this.whole![row]!;
    const [asKnown, withMore] = garbage === null ? [heard, withAll] : [withAll, heard];
    const [openTime, anchor] = [base.openTime[row]!, base.knownAt[row]!];
    const check = garbage === null ? "prefix" : "garbage";
    const shown: Shown = { check, garbage, instant: t, openTime, anchor, asKnown, withMore };
    const early = base.knownAt[Math.floor(base.knownAt.length / 10)]!;
    if (!this.example || easeOf(shown, early) > easeOf(this.example, early)) this.example = shown;
    this.shownAt.add(t);
    this.onPrices ||= garbage !== null && garbage !== "removed";
    this.relative = Math.max(this.relative, relative);
    this.blame("leak", "a value changed with what became known later");
  }

  #blameMisfit({ misfit, message }: Misfit, where: string): void {
    this.blame(misfit, `${message}${where}`);
  }
}

/** How easy an example is to follow: real candles, a value on both sides, not among the very first bars. */
function easeOf({ check, asKnown, withMore, anchor }: Shown, early: EpochMs): number {
  const both = !Number.isNaN(asKnown) && !Number.isNaN(withMore);
  return 4 * Number(check === "prefix") + 2 * Number(both) + Number(anchor >= early);
}
