import { RECORD_SCHEMA, type RecallRecord } from "./record-type.ts";

/**
 * A stored record, or null where it is of another schema: such a one is begun anew, for it can be made again from the
 * memory that it speaks about.
 */
export function readRecord(text: string): RecallRecord | null {
  const record = JSON.parse(text) as { readonly schema?: unknown };
  return record.schema === RECORD_SCHEMA ? (record as RecallRecord) : null;
}
