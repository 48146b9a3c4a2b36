import type { SeriesKey } from "../../candles/candle-series.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import { knownBefore } from "../../candles/known-before.ts";
import { isKept } from "../../math/even-thinning.ts";
import { LEVELS } from "../../recall/answer.ts";
import { fromNames, ledgerOf, type Ledger } from "../../recall/ledger.ts";
import { thinning } from "../../recall/past.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import type { EpochMs } from "../../time/units.ts";
import { PLAIN_METHODS, type PlainQuantiles } from "./plain-baselines.ts";
import { missingOutcomes, seriesBaselines } from "./series-baselines.ts";
import { TRUST_LABELS, TRUST_METHODS, type TrustLabel, type TrustMethod } from "./trust-report.ts";

const Q = LEVELS.length;

/** Every anchor that was asked, with what each method said and what came. R rows ascending by anchor. */
export interface TrustRows {
  readonly series: readonly SeriesKey[];
  readonly seriesOf: Int32Array; // [R] index into series
  readonly anchor: Float64Array; // [R]
  readonly matureAt: Float64Array; // [R] NaN while the outcome is not known
  readonly missing: Uint8Array; // [R] 1 where it never will be
  readonly abstained: Uint8Array; // [R]
  readonly outcomes: Readonly<Record<TrustLabel, Float64Array>>; // each [R]
  /** Quantiles at LEVELS, row-major; NaN where a method had too little history. */
  readonly quantiles: Readonly<Record<TrustLabel, Readonly<Record<TrustMethod, Float64Array>>>>; // each [R, 7]
}

export interface TrustSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** What was known by then: outcomes that matured later are pending, later anchors are no rows. Infinity for all. */
  readonly asOf: EpochMs;
  /** Awaited before each series, so that a caller may let other work run. */
  readonly onSeries?: (done: number, of: SeriesKey) => void | Promise<void>;
}

/**
 * The rows of records with anchors in [from, to], evenly spaced in time: a record is denser in its early years, so only
 * its rows at the coarsest step found in the span are taken, the same step for all series, or long ago would count for
 * more. The plain baselines are asked at the same anchors. What a row says does not depend on what came after it, and
 * which rows there are depends only on the anchors up to `to` and `asOf`.
 */
export async function trustRows(
  store: CandleStore,
  records: readonly RecallRecord[],
  span: TrustSpan,
): Promise<TrustRows> {
  const { from, asOf } = span;
  const to = Math.min(span.to, asOf);
  const ledgers = records.map((record) => ledgerOf(record));
  const inSpan = ledgers.map(({ moments, rows }) =>
    indices(rows).filter((r) => moments.anchor[r]! >= from && moments.anchor[r]! <= to),
  );
  const step = thinning(
    Math.max(0, ...inSpan.map((rows, s) => ledgers[s]!.moments.index[rows.at(-1) ?? -1] ?? 0)),
  );
  const parts: TrustRows[] = [];
  for (const [s, record] of records.entries()) {
    await span.onSeries?.(s, record.series);
    const rows = inSpan[s]!.filter((r) => isKept(ledgers[s]!.moments.index[r]!, step));
    parts.push(partOf(knownBefore(store, asOf + 1), record, ledgers[s]!, rows, asOf));
  }
  return merged(parts);
}

/** @param store holds what was known by `asOf` alone */
function partOf(
  store: CandleStore,
  record: RecallRecord,
  ledger: Ledger,
  rows: Int32Array,
  asOf: EpochMs,
): TrustRows {
  const { series, horizon } = record;
  const { moments, outcomes } = ledger;
  const matureAt = pick(ledger.matureAt, rows).map((t) => (t <= asOf ? t : NaN));
  const anchor = pick(moments.anchor, rows);
  const plain = seriesBaselines(store, series, horizon, anchor);
  const never = missingOutcomes(store, series, horizon, anchor);
  return {
    series: [series],
    seriesOf: new Int32Array(rows.length),
    anchor,
    matureAt,
    missing: never.map((flag, i) => (Number.isNaN(matureAt[i]!) ? flag : 0)),
    abstained: Uint8Array.from(rows, (r) => moments.abstained[r]!),
    outcomes: fromNames(TRUST_LABELS, (label) =>
      pick(outcomes[label], rows).map((value, i) => (Number.isNaN(matureAt[i]!) ? NaN : value)),
    ),
    quantiles: fromNames(TRUST_LABELS, (label) => quantilesOf(ledger, rows, plain, label)),
  };
}

function quantilesOf(
  { calibrated }: Ledger,
  rows: Int32Array,
  plain: PlainQuantiles,
  label: TrustLabel,
): Record<TrustMethod, Float64Array> {
  return {
    recall: pickWide(calibrated[`recall.${label}`], rows),
    withoutRecall: pickWide(calibrated[`base.${label}`], rows),
    ...fromNames(PLAIN_METHODS, (method) => plain[method][label]),
  };
}

/** The parts of several series as one, by anchor and then by series. */
function merged(parts: readonly TrustRows[]): TrustRows {
  const order = parts.flatMap((part, s) => Array.from(part.anchor, (t, row) => ({ t, s, row })));
  order.sort((a, b) => a.t - b.t || a.s - b.s);
  const gather = (column: (part: TrustRows) => ArrayLike<number>, width = 1): Float64Array => {
    const out = new Float64Array(order.length * width);
    order.forEach(({ s, row }, i) => {
      const from = column(parts[s]!);
      for (let j = 0; j < width; j++) out[i * width + j] = from[row * width + j]!;
    });
    return out;
  };
  return {
    series: parts.flatMap((part) => part.series),
    seriesOf: Int32Array.from(order, ({ s }) => s),
    anchor: gather((part) => part.anchor),
    matureAt: gather((part) => part.matureAt),
    missing: Uint8Array.from(gather((part) => part.missing)),
    abstained: Uint8Array.from(gather((part) => part.abstained)),
    outcomes: fromNames(TRUST_LABELS, (label) => gather((part) => part.outcomes[label])),
    quantiles: fromNames(TRUST_LABELS, (label) =>
      fromNames(TRUST_METHODS, (method) => gather((part) => part.quantiles[label][method], Q)),
    ),
  };
}

function indices(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

function pick(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}

function pickWide(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length * Q);
  rows.forEach((row, i) => out.set(values.subarray(row * Q, (row + 1) * Q), i * Q));
  return out;
}
