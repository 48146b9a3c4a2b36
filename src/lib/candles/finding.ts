import type { EpochMs } from "../time/units.ts";

/**
 * What can be wrong with candles: a closed list. A new kind is one entry here and one check.
 * Kinds of rows (`bad-price`, `off-grid` …) say what became of a row; kinds of the series (`price-spike`,
 * `volume-meaning` …) only report: their rows are kept, because whether they are wrong shows only later.
 */
export const FINDING_KINDS = {
  "unparsable-line": { severity: "error", says: "a line that is no candle" },
  "no-candles": { severity: "error", says: "rows of which none can be kept" },
  "skipped-time": { severity: "error", says: "a local time that the clock of the zone skips" },
  "known-before-stamp": { severity: "error", says: "a row said to be known before its bar closed" },
  "bad-price": { severity: "error", says: "a price that is not finite and positive" },
  "lost-decimal-point": { severity: "error", says: "a price without its decimal point" },
  "price-contradiction": { severity: "error", says: "a high or low that contradicts open or close" },
  "bad-volume": { severity: "error", says: "a volume that is not finite or is negative" },
  "duplicate-conflicting": { severity: "error", says: "two different candles of the same time" },
  "off-grid": { severity: "error", says: "a stamp inside a session where no bar of the timeframe begins" },
  "coarse-stretch": { severity: "error", says: "rows of longer bars than the timeframe" },
  "future-stamp": { severity: "error", says: "a bar that opens after now" },
  "missing-bars": { severity: "warning", says: "expected bars that are missing" },
  "unpaired-quote": { severity: "warning", says: "a bid without its ask, or an ask without its bid" },
  "negative-spread": { severity: "warning", says: "an ask below the bid" },
  "outside-session": { severity: "warning", says: "a bar while the market is closed" },
  unsorted: { severity: "warning", says: "time runs backwards" },
  "duplicate-equal": { severity: "warning", says: "the same candle twice" },
  "forming-bar": { severity: "warning", says: "a bar that was not closed yet" },
  "frozen-run": { severity: "warning", says: "the same four prices again and again" },
  "price-spike": { severity: "warning", says: "a price far away that comes straight back" },
  "split-like-jump": { severity: "warning", says: "a jump to stay, near the ratio of a share split" },
  "price-jump": { severity: "warning", says: "a jump to stay, no share split" },
  "open-equals-previous-close": {
    severity: "warning",
    says: "opens that repeat the close before throughout",
  },
  "volume-meaning": { severity: "warning", says: "volume that changes its meaning" },
} as const satisfies Record<string, { severity: Severity; says: string }>;

/** An error is data that contradicts itself; a warning is data that is handled without loss of truth. */
export type Severity = "error" | "warning";

export type FindingKind = keyof typeof FINDING_KINDS;

/** Every kind, errors first: the order of reports. */
export const FINDING_KIND_NAMES = Object.keys(FINDING_KINDS) as readonly FindingKind[];

/** What became of the rows. A row is dropped or merged by one finding at most, so those counts add up to all rows. */
export const FINDING_ACTIONS = ["kept", "dropped", "merged", "sorted", "repaired"] as const;

export type FindingAction = (typeof FINDING_ACTIONS)[number];

/** One defect: where it is, what stands there, what was done. Nothing is repaired unless a rule was asked for. */
export interface Finding {
  readonly kind: FindingKind;
  readonly file: string;
  /** The line (or row) of the defect, of the row before a hole; null where there is none. */
  readonly line: number | null;
  /** The stamp of a row, the opening time of a bar that was kept, of the first bar of a hole or run. */
  readonly time: EpochMs | null;
  /** What stands there, in words; of a repaired row `before → after`. */
  readonly value: string;
  /** Rows or bars concerned: a run is one finding. */
  readonly count: number;
  readonly done: FindingAction;
  /** The rule of a repair, in words; only where `done` is "repaired". */
  readonly rule?: string;
}

export function severityOf(finding: Finding): Severity {
  return FINDING_KINDS[finding.kind].severity;
}

/** Whether data still contradicts itself there: an error for which no rule of repair was asked. */
export function isStandingError(finding: Finding): boolean {
  return severityOf(finding) === "error" && finding.done !== "repaired";
}
