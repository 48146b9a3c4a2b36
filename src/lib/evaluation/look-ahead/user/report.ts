import type { Timeframe } from "../../../time/timeframe.ts";
import type { DurationMs } from "../../../time/units.ts";
import type { GarbageKind } from "../garbage.ts";
import type { Ending } from "./caller.ts";

/** What is found out about a column, or about a function that has none. Only `clean` is good. */
export type Verdict =
  | "clean"
  | "leak"
  | "row of an open bar"
  | "not deterministic"
  | "reads the clock"
  | "changes its input"
  | "wrong length"
  | "not numbers"
  | "no columns"
  | "comes and goes"
  | "throws"
  | "not checkable"
  | Ending;

/** The first bar known later that changes a value; times are ISO 8601. */
export interface LeakingBar {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly openTime: string;
  readonly knownAt: string;
}

/** Where a value changed with what became known later. */
export interface Leak {
  /** prefix: once more candles were there; garbage: once the later ones were replaced. */
  readonly check: "prefix" | "garbage";
  readonly garbage: GarbageKind | null;
  /** The value is about the base bar that opens here … */
  readonly openTime: string;
  /** … which is known then … */
  readonly knownAt: string;
  /** … and changes with what became known after this anchor. All in ISO 8601. */
  readonly anchor: string;
  /** Its value with what was known by then, and with more; null where it says nothing. */
  readonly asKnown: number | null;
  readonly withMore: number | null;
  /** The first bar known later that changes it. */
  readonly offender: LeakingBar | null;
  /** It is the same whatever that bar's prices are, as long as its row is there while the bar is open. */
  readonly rowAlone: boolean;
  /** How far behind the anchor the last bar lies that changes it. */
  readonly aheadMs: DurationMs | null;
  readonly aheadBars: number | null;
  /** At how many of the instants it showed. */
  readonly shownAt: number;
  readonly sentence: string;
  /** What to do about it, as a guess from how it showed. */
  readonly advice: string | null;
}

/** How long a column remembers where its history began, measured from several starts; null: longer than there were bars. */
export interface WarmUp {
  /** Bars before the first value. */
  readonly first: number | null;
  /** Bars until the values agree with those of all history to 1e-3, 1e-6 and 1e-9, for good. */
  readonly to1e3: number | null;
  readonly to1e6: number | null;
  readonly to1e9: number | null;
  /** no: bit for bit the same as soon as it says something. fades: to 1e-9, or on its way there. for ever: neither. */
  readonly dependsOnStart: "no" | "fades" | "for ever";
  /** Starts tried, and bars behind the latest of them. */
  readonly starts: number;
  readonly bars: number;
}

export interface ColumnReport {
  readonly column: string;
  readonly verdict: Verdict;
  /** Why; null where it is clean. */
  readonly reason: string | null;
  /** First bar with a value, counted from 0; null where there is none. */
  readonly firstDefined: number | null;
  /** Defined values that were compared with what was known by an instant. */
  readonly compared: number;
  readonly leak: Leak | null;
  readonly warmUp: WarmUp | null;
}

export interface FunctionReport {
  readonly name: string;
  /** Of the function as a whole; null where each column has its own. */
  readonly verdict: Verdict | null;
  readonly reason: string | null;
  readonly columns: readonly ColumnReport[];
  /** What is worth knowing and is no verdict. */
  readonly notes: readonly string[];
  readonly calls: number;
  /** Instants that its candles were cut at, and how many of them chance alone chose; null: every bar. */
  readonly instants: number;
  readonly drawn: number | null;
}

export interface LookAheadReport {
  readonly schema: "rhyme.look-ahead/1";
  /** Whether every column of every function is. */
  readonly clean: boolean;
  /** The module as it was named; null for a function that was handed over. */
  readonly file: string | null;
  readonly candles: {
    readonly symbol: string;
    readonly source: string;
    readonly calendar: string;
    readonly timeframes: readonly Timeframe[];
    readonly bars: number;
    /** Open of the first bar and when the last was known, in ISO 8601. */
    readonly from: string;
    readonly to: string;
  };
  readonly seed: number;
  readonly tolerance: number;
  /** Whether functions were also run in fresh processes. */
  readonly fresh: boolean;
  readonly functions: readonly FunctionReport[];
}

/**
 * How many of the bars a leak must show at to be found with 95 % certainty at `n` instants chosen by chance: what
 * shows at a share p of them is missed with probability (1 − p)ⁿ.
 */
export function surelyFound(n: number): number {
  return n === 0 ? 1 : 1 - 0.05 ** (1 / n);
}

/** Whether every column of every function is clean, and there is one. */
export function isClean(functions: readonly FunctionReport[]): boolean {
  const fine = ({ verdict, columns }: FunctionReport): boolean =>
    verdict === null && columns.length > 0 && columns.every((column) => column.verdict === "clean");
  return functions.length > 0 && functions.every(fine);
}
