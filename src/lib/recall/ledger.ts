import { LEVELS } from "./answer.ts";
import { BANDS, bandScore } from "./bands.ts";
import {
  CALIBRATED,
  METHODS,
  MOMENT_COLUMNS,
  PREDICTIONS,
  QUANTILE_LABELS,
  type Calibrated,
  type Column,
  type Method,
  type MomentColumn,
  type Prediction,
  type QuantileLabel,
  type RecallRecord,
} from "./record-type.ts";
import { crpsFromQuantiles, levelWeights } from "../math/scores/crps.ts";

const Q = LEVELS.length;
const WEIGHTS = levelWeights(LEVELS);

/** One row as it is asked: everything but the outcome. */
export interface LedgerRow {
  readonly moment: Readonly<Record<MomentColumn, number>>;
  readonly raw: Readonly<Record<Prediction, Float64Array>>; // each [7]
  readonly calibrated: Readonly<Record<Calibrated, Float64Array>>; // each [7]
}

/** What followed a row. */
export interface Outcome {
  readonly matureAt: number;
  readonly values: Readonly<Record<QuantileLabel, number>>;
}

/**
 * A record in typed arrays, with the scores of every settled row beside it. Numbers that are stored keep seven
 * digits; scores are made from the stored ones, so a record read back is the record that was written.
 */
export class Ledger {
  /** Rows in use; the arrays may be longer. */
  rows = 0;
  readonly matureAt: Float64Array; // [R] NaN while pending
  readonly moments: Record<MomentColumn, Float64Array>;
  readonly outcomes: Record<QuantileLabel, Float64Array>;
  readonly raw: Record<Prediction, Float64Array>; // each [R, 7]
  readonly calibrated: Record<Calibrated, Float64Array>; // each [R, 7]
  /** Conformity scores per prediction and band, NaN while pending. */
  readonly scores: Record<Prediction, readonly Float64Array[]>;
  readonly crps: Record<Method, Float64Array>; // [R] of the calibrated `return`

  constructor(capacity: number) {
    const column = (width = 1): Float64Array => new Float64Array(capacity * width).fill(NaN);
    this.matureAt = column();
    this.moments = fromNames(MOMENT_COLUMNS, () => column());
    this.outcomes = fromNames(QUANTILE_LABELS, () => column());
    this.raw = fromNames(PREDICTIONS, () => column(Q));
    this.calibrated = fromNames(CALIBRATED, () => column(Q));
    this.scores = fromNames(PREDICTIONS, () => BANDS.map(() => column()));
    this.crps = fromNames(METHODS, () => column());
  }

  /** Appends a row, its outcome pending. */
  append(row: LedgerRow): void {
    const r = this.rows++;
    for (const name of MOMENT_COLUMNS) this.moments[name][r] = stored(name, row.moment[name]);
    for (const name of PREDICTIONS) this.raw[name].set(row.raw[name].map(round7), r * Q);
    for (const name of CALIBRATED) this.calibrated[name].set(row.calibrated[name].map(round7), r * Q);
  }

  /** Fills in what followed row `r`, and its scores. */
  settle(r: number, outcome: Outcome): void {
    this.matureAt[r] = outcome.matureAt;
    for (const label of QUANTILE_LABELS) this.outcomes[label][r] = outcome.values[label];
    for (const name of PREDICTIONS) {
      const label = name.slice(name.indexOf(".") + 1) as QuantileLabel;
      this.scores[name].forEach((column, band) => {
        column[r] = bandScore(label, this.raw[name], r * Q, band, outcome.values[label]);
      });
    }
    for (const method of METHODS) {
      const quantiles = this.calibrated[`${method}.return`].subarray(r * Q, (r + 1) * Q);
      this.crps[method][r] = crpsFromQuantiles(LEVELS, WEIGHTS, quantiles, outcome.values.return);
    }
  }
}

const ledgers = new WeakMap<RecallRecord, Ledger>();

/** The record in typed arrays; made once per record object, or a copy with room for `extra` rows. */
export function ledgerOf(record: RecallRecord, extra = 0): Ledger {
  const known = ledgers.get(record);
  if (known) return extra === 0 ? known : copyOf(known, extra);
  const rows = record.matureAt.length;
  const ledger = new Ledger(rows + extra);
  ledger.rows = rows;
  const copy = (from: Column, to: Float64Array): void => from.forEach((value, i) => (to[i] = value ?? NaN));
  for (const name of MOMENT_COLUMNS) copy(record.moments[name], ledger.moments[name]);
  for (const name of PREDICTIONS) copy(record.raw[name], ledger.raw[name]);
  for (const name of CALIBRATED) copy(record.calibrated[name], ledger.calibrated[name]);
  for (let r = 0; r < rows; r++) {
    const matureAt = record.matureAt[r];
    if (matureAt === null || matureAt === undefined) continue;
    const values = fromNames(QUANTILE_LABELS, (label) => record.outcomes[label][r] ?? NaN);
    ledger.settle(r, { matureAt, values });
  }
  if (extra === 0) ledgers.set(record, ledger);
  return ledger;
}

/** A record that was made from a ledger, which nobody changes any more, need not be read into one again. */
export function keepLedger(record: RecallRecord, ledger: Ledger): void {
  ledgers.set(record, ledger);
}

/** `record` itself, of which the columns are those of `before`. */
export function goesOnAs<R extends RecallRecord>(record: R, before: RecallRecord): R {
  ledgers.set(record, ledgerOf(before));
  return record;
}

/** The same rows, which may be added to and settled. */
function copyOf(from: Ledger, extra: number): Ledger {
  const to = new Ledger(from.rows + extra);
  to.rows = from.rows;
  const copy = (source: Float64Array, target: Float64Array, width = 1): void =>
    target.set(source.subarray(0, from.rows * width));
  copy(from.matureAt, to.matureAt);
  for (const name of MOMENT_COLUMNS) copy(from.moments[name], to.moments[name]);
  for (const name of QUANTILE_LABELS) copy(from.outcomes[name], to.outcomes[name]);
  for (const name of PREDICTIONS) {
    copy(from.raw[name], to.raw[name], Q);
    from.scores[name].forEach((column, band) => copy(column, to.scores[name][band]!));
  }
  for (const name of CALIBRATED) copy(from.calibrated[name], to.calibrated[name], Q);
  for (const name of METHODS) copy(from.crps[name], to.crps[name]);
  return to;
}

type Columns = Pick<RecallRecord, "moments" | "matureAt" | "outcomes" | "raw" | "calibrated">;

/** The plain columns of a ledger; NaN becomes null. */
export function columnsOf(ledger: Ledger): Columns {
  const plain = (values: Float64Array, width = 1): Column => plainRows(ledger, values, 0, width);
  return {
    moments: fromNames(MOMENT_COLUMNS, (name) => plain(ledger.moments[name])),
    matureAt: plain(ledger.matureAt),
    outcomes: fromNames(QUANTILE_LABELS, (name) => plain(ledger.outcomes[name])),
    raw: fromNames(PREDICTIONS, (name) => plain(ledger.raw[name], Q)),
    calibrated: fromNames(CALIBRATED, (name) => plain(ledger.calibrated[name], Q)),
  };
}

/** The same of a ledger that went on from a record: what a row says stays, only what followed is filled in later. */
export function columnsAfter(record: RecallRecord, ledger: Ledger): Columns {
  const rows = record.matureAt.length;
  if (rows === 0) return columnsOf(ledger);
  const added = (before: Column, values: Float64Array, width = 1): Column =>
    ledger.rows === rows ? before : before.concat(plainRows(ledger, values, rows, width));
  return {
    moments: fromNames(MOMENT_COLUMNS, (name) => added(record.moments[name], ledger.moments[name])),
    matureAt: plainRows(ledger, ledger.matureAt),
    outcomes: fromNames(QUANTILE_LABELS, (name) => plainRows(ledger, ledger.outcomes[name])),
    raw: fromNames(PREDICTIONS, (name) => added(record.raw[name], ledger.raw[name], Q)),
    calibrated: fromNames(CALIBRATED, (name) => added(record.calibrated[name], ledger.calibrated[name], Q)),
  };
}

function plainRows({ rows }: Ledger, values: Float64Array, from = 0, width = 1): Column {
  const wanted = values.subarray(from * width, rows * width);
  return Array.from(wanted, (value) => (Number.isFinite(value) ? value : null));
}

/** An object with one value per name. */
export function fromNames<Name extends string, T>(
  names: readonly Name[],
  value: (name: Name) => T,
): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, T>;
}

/** Seven significant digits; no negative zero, which JSON would lose. */
function round7(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(7)) + 0 : NaN;
}

/** Counts and instants are kept whole. */
function stored(name: MomentColumn, value: number): number {
  return name === "anchor" || name === "index" ? value : round7(value);
}
