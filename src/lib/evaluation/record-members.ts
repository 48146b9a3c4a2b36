import type { RecallRecord } from "../recall/record-type.ts";
import type { EpochMs } from "../time/units.ts";

/** Series whose moments answer each other, by name, with the newest anchor of each. */
export type Members = Readonly<Record<string, EpochMs>>;

/**
 * Members whose moments would change what a record says: they came, went, or grew over a time that the record had
 * already asked about. Empty where it is what a record made anew would be. `own` is the record's series itself.
 */
export function changedMembers(record: RecallRecord, now: Members, own: string): readonly string[] {
  const { through, members: was = {} } = record;
  if (through === null) return [];
  const names = new Set([...Object.keys(was), ...Object.keys(now)]);
  names.delete(own);
  return [...names].sort().filter((name) => {
    const [before, after] = [was[name], now[name]];
    if (before === undefined || after === undefined) return true;
    return before !== after && before < through;
  });
}
