import type { RecallRecord } from "../recall/record-type.ts";

/** Series whose moments answer each other, by name, with how many of them had matured when a record was last asked. */
export type Members = Readonly<Record<string, number>>;

/**
 * Members whose moments would change what a record says: they came, went, or others than before had matured by the
 * record's end. Empty where it is what a record made anew would be. `now` is counted as of `record.through`; `own` is
 * the record's series itself.
 */
export function changedMembers(record: RecallRecord, now: Members, own: string): readonly string[] {
  const { through, members: was = {} } = record;
  if (through === null) return [];
  const names = new Set([...Object.keys(was), ...Object.keys(now)]);
  names.delete(own);
  return [...names].sort().filter((name) => (was[name] ?? 0) !== (now[name] ?? 0));
}
