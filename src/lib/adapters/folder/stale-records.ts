import type { MemoryFolder } from "../sqlite/open-memory.ts";
import { readRecord } from "../../recall/read-record.ts";
import { staleBecause } from "./grow-record.ts";

/** A record of past answers that was made with moments that are no longer there, or other ones. */
export interface StaleRecord {
  readonly tenant: string;
  readonly symbol: string;
  readonly source: string;
  readonly timeframe: string;
  readonly encoder: string;
  readonly horizon: string;
  /** Whose moments changed. */
  readonly because: readonly string[];
}

/** Records that `remember` has to make anew. */
export function staleRecords(folder: MemoryFolder): readonly StaleRecord[] {
  return folder.holdings().flatMap((held) => {
    const { tenant, source, symbol, timeframe, encoder } = held;
    return Object.keys(held.contexts).flatMap((horizon) => {
      const series = { source, symbol, timeframe };
      const text = folder.records.get({ tenant, series, encoderVersion: encoder, horizon });
      const record = text === null ? null : readRecord(text);
      const because = record ? staleBecause(folder, record) : [];
      return because.length > 0 ? [{ tenant, ...series, encoder, horizon, because }] : [];
    });
  });
}
