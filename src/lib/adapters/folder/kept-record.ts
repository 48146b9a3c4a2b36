import type { SeriesKey } from "../../candles/candle-series.ts";
import { readRecord } from "../../recall/read-record.ts";
import type { RecallRecord } from "../../recall/record-type.ts";
import type { EpochMs } from "../../time/units.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";

/** Of which questions a record is. */
export interface RecordOf {
  readonly tenant: string;
  readonly series: SeriesKey;
  readonly encoder: { readonly version: string; readonly knownAt: EpochMs };
  readonly horizon: string;
}

/**
 * The record that is kept for such questions, and the same where it may be used: one that stops short of the newest
 * anchor that may be known would give another answer than the whole one, so better none.
 */
export function keptRecord(
  folder: MemoryFolder,
  { tenant, series, encoder, horizon }: RecordOf,
  newestThen: EpochMs,
): { readonly kept: RecallRecord | null; readonly record: RecallRecord | null } {
  const text = folder.records.get({ tenant, series, encoderVersion: encoder.version, horizon });
  const kept = text === null ? null : readRecord(text);
  return { kept, record: kept && reaches(kept, newestThen, encoder) ? kept : null };
}

/** Whether a record has considered every anchor up to this one, the newest that the question may know of. */
function reaches({ through }: RecallRecord, anchor: number, encoder: RecordOf["encoder"]): boolean {
  return anchor < encoder.knownAt || (through !== null && through >= anchor);
}
