import { RhymeError } from "../errors.ts";
import { FINDING_KIND_NAMES, type FindingKind } from "./finding.ts";
import { pointsPutBack, type Prices } from "./find-lost-points.ts";

/** One row that is about to be repaired. */
export interface RowValues extends Prices {
  volume: number;
}

export interface Repair {
  /** What is done, in words: it is recorded with every finding that it repaired. */
  readonly rule: string;
  /** The row after the rule; a sound row comes back as it is, so that a rule applied twice changes nothing more. */
  readonly apply: (row: RowValues, usual: number, fractions: boolean) => RowValues;
}

/**
 * The rules that `--repair KIND` may ask for. Each looks at its row and at earlier bars alone. Nothing else can be
 * repaired honestly: a price of 0 or a spike has lost its value, a split is adjusted with what only the future
 * knows, and a missing bar is never made up.
 */
export const REPAIRS = {
  "lost-decimal-point": {
    rule: "prices a power of ten above the median of the 21 closes before are divided by that power",
    apply: (row, usual, fractions) => ({ ...row, ...pointsPutBack(row, usual, fractions) }),
  },
  "price-contradiction": {
    rule: "high and low are widened to include open and close",
    apply: (row) => ({
      ...row,
      high: Math.max(row.high, row.open, row.low, row.close),
      low: Math.min(row.low, row.open, row.high, row.close),
    }),
  },
  "bad-volume": { rule: "the volume becomes 0", apply: (row) => ({ ...row, volume: 0 }) },
} as const satisfies Partial<Record<FindingKind, Repair>>;

export type RepairableKind = keyof typeof REPAIRS;

export const REPAIRABLE_KINDS = Object.keys(REPAIRS) as readonly RepairableKind[];

/**
 * The kinds to repair, as they were asked for.
 * @throws RhymeError "usage" for a kind that does not exist or has no rule
 */
export function repairsNamed(kinds: readonly string[]): ReadonlySet<RepairableKind> {
  for (const kind of kinds) {
    if (Object.hasOwn(REPAIRS, kind)) continue;
    const known = (FINDING_KIND_NAMES as readonly string[]).includes(kind);
    throw new RhymeError("usage", {
      place: "repair",
      expected: `one of ${REPAIRABLE_KINDS.join(", ")}`,
      received: JSON.stringify(kind),
      remedy: known
        ? "There is no honest rule for this kind: correct the file, or let the rows be dropped or kept as reported"
        : "Name a kind of finding as ./rhyme check prints it",
    });
  }
  return new Set(kinds as readonly RepairableKind[]);
}
