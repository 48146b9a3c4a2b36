import { LABELS, type Context, type ContextColumns, type Label } from "../context/context.ts";
import { grown } from "../math/grown.ts";
import type { EpochMs } from "../time/units.ts";

/** A later label fact of a pattern: what a correction made of its outcome, known from `matureAt` on. */
export interface LabelRevision {
  readonly matureAt: EpochMs;
  readonly crossesClose: number;
  readonly values: Float64Array; // [labels], in the order of LABELS
}

/**
 * What followed the patterns over one horizon: the first outcome of every row of the table as columns, NaN matureAt
 * while pending, and beside them what few rows became later. Whether and when a pattern may answer, and which episode
 * it belongs to, goes by the first outcome alone.
 */
export interface Outcomes {
  base: Float64Array; // [rows]
  matureAt: Float64Array; // [rows]
  crossesClose: Uint8Array; // [rows]
  readonly values: Record<Label, Float64Array>; // each [rows]
  /** Revisions by row, ascending by matureAt, each later than the first outcome. */
  readonly revisions: Map<number, LabelRevision[]>;
  /** Mature rows ascending by (matureAt, id): what was known by an instant is a prefix. */
  order: Int32Array;
  /** Rows that matured since `order` was made. */
  fresh: number[];
}

export function emptyOutcomes(room: number): Outcomes {
  return {
    base: nans(room),
    matureAt: nans(room),
    crossesClose: new Uint8Array(room),
    values: Object.fromEntries(LABELS.map((label) => [label, nans(room)])) as Record<Label, Float64Array>,
    revisions: new Map(),
    order: new Int32Array(0),
    fresh: [],
  };
}

function nans(length: number): Float64Array {
  return new Float64Array(length).fill(NaN);
}

export function growOutcomes(outcomes: Outcomes, room: number): void {
  outcomes.base = grown(outcomes.base, room, NaN);
  outcomes.matureAt = grown(outcomes.matureAt, room, NaN);
  outcomes.crossesClose = grown(outcomes.crossesClose, room);
  for (const label of LABELS) outcomes.values[label] = grown(outcomes.values[label], room, NaN);
}

/**
 * Adds row `from` of `columns` as a label fact: the first one of a pending row, or a revision. The facts of a row are
 * added in ascending order of matureAt.
 */
export function addLabel(outcomes: Outcomes, row: number, columns: ContextColumns, from: number): void {
  const matureAt = columns.matureAt[from]!;
  const crossesClose = columns.crossesClose[from]!;
  if (Number.isNaN(outcomes.matureAt[row]!)) {
    outcomes.matureAt[row] = matureAt;
    outcomes.crossesClose[row] = crossesClose;
    for (const label of LABELS) outcomes.values[label][row] = columns.values[label][from]! + 0; // no −0
    outcomes.fresh.push(row);
    return;
  }
  const revision = { matureAt, crossesClose, values: labelsOf(columns, from) };
  const revisions = outcomes.revisions.get(row);
  if (revisions) revisions.push(revision);
  else outcomes.revisions.set(row, [revision]);
}

/** Copies base forecast and label facts of one row to a row of another table that has none yet. */
export function copyOutcome(from: Outcomes, row: number, to: Outcomes, added: number): void {
  to.base[added] = from.base[row]!;
  if (Number.isNaN(from.matureAt[row]!)) return;
  to.matureAt[added] = from.matureAt[row]!;
  to.crossesClose[added] = from.crossesClose[row]!;
  for (const label of LABELS) to.values[label][added] = from.values[label][row]!;
  to.fresh.push(added);
  const revisions = from.revisions.get(row);
  if (revisions) to.revisions.set(added, [...revisions]);
}

/** Row `from` of label columns in the order of LABELS, never −0. [labels] */
export function labelsOf(columns: Pick<ContextColumns, "values">, from: number): Float64Array {
  return Float64Array.from(LABELS, (label) => columns.values[label][from]! + 0);
}

/** When the label facts of a row were known, ascending; none while it is pending. */
export function labelInstants(outcomes: Outcomes, row: number): readonly EpochMs[] {
  const first = outcomes.matureAt[row] ?? NaN;
  if (Number.isNaN(first)) return [];
  return [first, ...(outcomes.revisions.get(row) ?? []).map(({ matureAt }) => matureAt)];
}

/** Whether a row has the label fact that was known at `matureAt`. */
export function hasLabel(outcomes: Outcomes, row: number, matureAt: EpochMs): boolean {
  if (outcomes.matureAt[row] === matureAt) return true;
  return outcomes.revisions.get(row)?.some((revision) => revision.matureAt === matureAt) ?? false;
}

/** The newest revision of a row that was known by `asOf`; null where its first outcome stands. */
export function revisionAsOf(outcomes: Outcomes, row: number, asOf: EpochMs): LabelRevision | null {
  if (outcomes.revisions.size === 0) return null;
  return outcomes.revisions.get(row)?.findLast(({ matureAt }) => matureAt <= asOf) ?? null;
}

/** One label of chosen rows, all of which had matured by `asOf`, as it was known then. */
export function labelColumn(outcomes: Outcomes, label: Label, rows: Int32Array, asOf: EpochMs): Float64Array {
  const first = outcomes.values[label];
  if (outcomes.revisions.size === 0) return Float64Array.from(rows, (row) => first[row]!);
  const l = LABELS.indexOf(label);
  return Float64Array.from(rows, (row) => revisionAsOf(outcomes, row, asOf)?.values[l] ?? first[row]!);
}

/** The context of a row as it was known by `asOf`, null while pending. */
export function contextAsOf(outcomes: Outcomes, row: number, asOf: EpochMs): Context | null {
  const matureAt = outcomes.matureAt[row] ?? NaN;
  if (!(matureAt <= asOf)) return null;
  const revision = revisionAsOf(outcomes, row, asOf);
  const values = {} as Record<Label, number | null>;
  LABELS.forEach((label, l) => {
    const value = revision ? revision.values[l]! : outcomes.values[label][row]!;
    values[label] = Number.isNaN(value) ? null : value;
  });
  const crosses = revision?.crossesClose ?? outcomes.crossesClose[row];
  return { ...values, matureAt: revision?.matureAt ?? matureAt, crossesClose: crosses === 1 };
}
