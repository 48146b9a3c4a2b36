import type { EpochMs } from "../time/units.ts";

/** What can be wrong with candles. A new kind is one entry here and one check. */
export const FINDING_KINDS = {
  "unparsable-line": { severity: "error", says: "a line that is no candle" },
  "bad-price": { severity: "error", says: "a price that is not finite and positive" },
  "bad-volume": { severity: "error", says: "a volume that is not finite or is negative" },
  "price-contradiction": { severity: "error", says: "a high or low that contradicts open or close" },
  "duplicate-conflicting": { severity: "error", says: "two different candles of the same time" },
  "off-grid": { severity: "error", says: "a stamp inside a session where no bar of the timeframe begins" },
  "missing-bars": { severity: "warning", says: "expected bars that are missing" },
  "outside-session": { severity: "warning", says: "a bar while the market is closed" },
  unsorted: { severity: "warning", says: "time runs backwards" },
  "duplicate-equal": { severity: "warning", says: "the same candle twice" },
  "forming-bar": { severity: "warning", says: "a bar that was not closed yet" },
} as const satisfies Record<string, { severity: Severity; says: string }>;

/** An error is data that contradicts itself; a warning is data that is handled without loss of truth. */
export type Severity = "error" | "warning";

export type FindingKind = keyof typeof FINDING_KINDS;

export type FindingAction = "kept" | "dropped" | "merged" | "sorted";

/** One defect: where it is, what stands there, what was done. Nothing is ever repaired. */
export interface Finding {
  readonly kind: FindingKind;
  readonly file: string;
  /** The line (or row) of the defect, of the row before a hole; null where there is none. */
  readonly line: number | null;
  readonly time: EpochMs | null;
  /** What stands there, in words. */
  readonly value: string;
  /** Rows or bars concerned: a run is one finding. */
  readonly count: number;
  readonly done: FindingAction;
}

export function severityOf(finding: Finding): Severity {
  return FINDING_KINDS[finding.kind].severity;
}
