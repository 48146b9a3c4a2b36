import { fromNames } from "../../recall/ledger.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import { byBand } from "./label-scores.ts";
import { LOSS, meanLoss, type Losses } from "./losses.ts";
import { TRUST_LABELS, TRUST_METHODS, type MeanCrps, type TrustPeriod } from "./trust-report.ts";
import type { TrustRows } from "./trust-rows.ts";

/** Months per period: as long as leaves at least this many of them. */
const LENGTHS = [12, 3, 1] as const;
const FEWEST_PERIODS = 4;

/**
 * Scores by calendar years, or quarters or months (UTC) where the span is short. Only whole rows count as answered.
 * @param asked rows whose outcome is known, ascending; `scored` those of them that `losses` is about
 */
export function periodsOf(
  rows: TrustRows,
  asked: Int32Array,
  scored: Int32Array,
  losses: Losses,
): TrustPeriod[] {
  const bounds = periodBounds(rows.anchor[asked[0]!]!, rows.anchor[asked.at(-1)!]!);
  return bounds.flatMap(([from, to]) => {
    const inside = (row: number): boolean => rows.anchor[row]! >= from && rows.anchor[row]! < to;
    const count = asked.filter(inside).length;
    if (count === 0) return [];
    const places = Array.from(scored.keys()).filter((i) => inside(scored[i]!));
    const answered = places.length;
    const coverage = answered === 0 ? null : coverageOf(losses, places);
    return { from: iso(from), to: iso(to), asked: count, answered, coverage, crps: meanCrps(losses, places) };
  });
}

/** Mean CRPS over rows of loss tables, or null over none. */
export function meanCrps(losses: Losses, places: readonly number[]): MeanCrps | null {
  if (places.length === 0) return null;
  return fromNames(TRUST_LABELS, (label) =>
    fromNames(TRUST_METHODS, (method) => meanLoss(losses[label][method], LOSS.crps, places)),
  );
}

function coverageOf(losses: Losses, places: readonly number[]): NonNullable<TrustPeriod["coverage"]> {
  return fromNames(TRUST_LABELS, (label) =>
    byBand((band) => meanLoss(losses[label].recall, LOSS.inside + band, places)),
  );
}

/** [from, to) of the calendar periods that hold the instants from `first` to `last`. */
function periodBounds(first: EpochMs, last: EpochMs): [EpochMs, EpochMs][] {
  const [begin, end] = [new Date(first), new Date(last)];
  const months =
    (end.getUTCFullYear() - begin.getUTCFullYear()) * 12 + end.getUTCMonth() - begin.getUTCMonth() + 1;
  const length = LENGTHS.find((each) => months >= each * FEWEST_PERIODS) ?? LENGTHS.at(-1)!;
  const start = begin.getUTCMonth() - (begin.getUTCMonth() % length);
  const bounds: [EpochMs, EpochMs][] = [];
  for (let m = start; ; m += length) {
    const from = Date.UTC(begin.getUTCFullYear(), m, 1);
    if (from > last) return bounds;
    bounds.push([from, Date.UTC(begin.getUTCFullYear(), m + length, 1)]);
  }
}
