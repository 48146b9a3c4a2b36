import type { SeriesKey } from "../candles/candle-series.ts";
import type { Context } from "../context/context.ts";
import { RhymeError } from "../errors.ts";
import { isKept, placeWithin } from "../math/even-thinning.ts";
import type { Memory, Pattern } from "../memory/memory.ts";
import { calibrate } from "../recall/conformal.ts";
import { estimate } from "../recall/estimate.ts";
import {
  columnsAfter,
  columnsOf,
  fromNames,
  goesOnAs,
  keepLedger,
  Ledger,
  ledgerOf,
  type LedgerRow,
  type Outcome,
} from "../recall/ledger.ts";
import { manyOf } from "../recall/many.ts";
import { firstOutcome } from "../recall/outcome.ts";
import { pastOf, thinning, type Past } from "../recall/past.ts";
import { amongNames, searchOf, type AmongNames } from "../recall/question.ts";
import { CALIBRATED, QUANTILE_LABELS, RECORD_SCHEMA, type RecallRecord } from "../recall/record-type.ts";
import type { Calendar } from "../time/calendar.ts";
import { horizonBars, type Horizon } from "../time/horizon.ts";
import type { EpochMs } from "../time/units.ts";

export interface RecordOptions {
  readonly series: SeriesKey;
  readonly calendar: Calendar;
  readonly horizon: Horizon;
  readonly encoder: { readonly version: string; readonly knownAt: EpochMs };
  readonly among?: AmongNames;
  readonly signal?: AbortSignal;
  /** Awaited, so that a caller may let other work run. */
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
}

/**
 * Asks past anchors of a series, each strictly as of its own time and with the record as it stood then, and
 * keeps what was said beside what followed. Adds only what is new: rows are appended, outcomes filled in once
 * they matured, so a record grown in steps is the record made in one go. A row keeps the outcome that was known first:
 * a correction that comes later is no part of it, whether it had come before the row was made or not.
 *
 * Which anchors: one in each stride (a quarter of the horizon) since `encoder.knownAt`, of stride j where j is kept
 * at `thinning(j)` (math/even-thinning.ts): in step with no clock, so that every hour of the week is asked about. That
 * is at most 2,000 rows and 1,000 more each time history doubles; what is used at a time is about 2,000 evenly spaced
 * ones (recall/past.ts).
 *
 * A `signal` stops it after the row at hand; what was made comes back and the next call goes on from there.
 * @throws RhymeError "mismatch" where `record` is another series', horizon's or encoder's
 */
export async function extendRecord(
  memory: Memory,
  record: RecallRecord | null,
  options: RecordOptions,
): Promise<RecallRecord> {
  const start = record ?? emptyRecord(memory, options);
  assertSame(start, memory, options);
  const anchors = (await memory.anchors(options.series, start.through ?? undefined)).filter(
    (t) => t >= options.encoder.knownAt && (start.through === null || t > start.through),
  );
  const chosen: { readonly a: number; readonly index: number }[] = [];
  for (let a = 0; a < anchors.length; a++) {
    const index = chosenStride(start.seen + a, start.stride);
    if (index !== null) chosen.push({ a, index });
  }
  const matured = await outcomesSince(memory, start, options);
  // Most candles bring neither: then nothing is copied.
  if (chosen.length + matured.length === 0)
    return goesOnAs(
      { ...start, seen: start.seen + anchors.length, through: anchors.at(-1) ?? start.through },
      start,
    );
  const ledger = ledgerOf(start, chosen.length + 1);
  for (const { row, outcome } of matured) ledger.settle(row, outcome);
  let considered = anchors.length;
  for (const [done, { a, index }] of chosen.entries()) {
    if (options.signal?.aborted) {
      considered = a;
      break;
    }
    await appendRow(memory, ledger, options, anchors[a]!, index);
    await options.onProgress?.(done + 1, chosen.length);
  }
  const through = considered > 0 ? anchors[considered - 1]! : start.through;
  const longer = { ...start, seen: start.seen + considered, through, ...columnsAfter(start, ledger) };
  keepLedger(longer, ledger);
  return longer;
}

/** Number of the stride for which the `n`-th anchor is asked; null where it is not. */
export function chosenStride(n: number, stride: number): number | null {
  const index = Math.floor(n / stride);
  const asked = n === index * stride + placeWithin(index, stride) && isKept(index, thinning(index));
  return asked ? index : null;
}

function emptyRecord(memory: Memory, options: RecordOptions): RecallRecord {
  const { series, horizon, encoder, calendar } = options;
  const bars = horizonBars(horizon, series.timeframe, calendar);
  return {
    schema: RECORD_SCHEMA,
    tenant: memory.tenant,
    series: { source: series.source, symbol: series.symbol, timeframe: series.timeframe },
    encoder: { version: encoder.version, knownAt: encoder.knownAt },
    horizon,
    among: amongNames(options.among),
    stride: Math.max(1, Math.floor(bars / 4)),
    seen: 0,
    through: null,
    ...columnsOf(new Ledger(0)),
  };
}

async function appendRow(
  memory: Memory,
  ledger: Ledger,
  options: RecordOptions,
  anchor: EpochMs,
  index: number,
): Promise<void> {
  const pattern = await memory.at(options.series, anchor, Infinity);
  if (!pattern || pattern.anchor !== anchor) return;
  const past = pastOf(ledger, anchor);
  ledger.append(await askedRow(memory, pattern, options, past, index));
  const context = await firstOutcome(memory, pattern, options.horizon);
  if (context) ledger.settle(ledger.rows - 1, outcomeOf(context));
}

async function askedRow(
  memory: Memory,
  pattern: Pattern,
  options: RecordOptions,
  past: Past,
  index: number,
): Promise<LedgerRow> {
  const search = searchOf(pattern, options.horizon, options.among);
  const many = await manyOf(memory, search);
  const made = await estimate(memory, pattern, search, past, many);
  return {
    moment: {
      index,
      anchor: pattern.anchor,
      abstained: made.reasons.length > 0 ? 1 : 0,
      atrNow: pattern.atrNow,
      base: made.base,
      residual: many.residual,
      centre: made.tables?.centre ?? NaN,
      neighbours: many.count,
      shrink: made.shrink,
      distance: many.distance,
      dispersion: many.dispersion,
    },
    raw: made.raw,
    calibrated: fromNames(CALIBRATED, (name) => calibrate(past, name, made.raw[name]).quantiles),
  };
}

/** Outcomes of earlier rows that have matured meanwhile. */
async function outcomesSince(
  memory: Memory,
  { matureAt, moments }: RecallRecord,
  { series, horizon }: RecordOptions,
): Promise<readonly { readonly row: number; readonly outcome: Outcome }[]> {
  const found: { readonly row: number; readonly outcome: Outcome }[] = [];
  for (let row = 0; row < matureAt.length; row++) {
    if (matureAt[row] !== null) continue;
    const pattern = await memory.at(series, moments.anchor[row]!, Infinity);
    const context = pattern && (await firstOutcome(memory, pattern, horizon));
    if (context) found.push({ row, outcome: outcomeOf(context) });
  }
  return found;
}

function outcomeOf(context: Context): Outcome {
  return { matureAt: context.matureAt, values: fromNames(QUANTILE_LABELS, (label) => context[label] ?? NaN) };
}

function assertSame(record: RecallRecord, memory: Memory, options: RecordOptions): void {
  const { series, encoder, horizon } = options;
  const name = (
    tenant: string,
    s: SeriesKey,
    version: string,
    h: string,
    among: AmongNames | undefined,
  ): string => [tenant, s.source, s.symbol, s.timeframe, version, h, ...[amongNames(among)].flat()].join(" ");
  const expected = name(memory.tenant, series, encoder.version, horizon, options.among);
  const received = name(record.tenant, record.series, record.encoder.version, record.horizon, record.among);
  if (expected === received && memory.encoderVersion === encoder.version) return;
  throw new RhymeError("mismatch", {
    place: "record",
    expected: `the record of ${expected}, in the memory of that encoder`,
    received: `that of ${received}, memory of encoder ${memory.encoderVersion}`,
    remedy: "Extend the record of this series, horizon and encoder, or begin a new one",
  });
}
