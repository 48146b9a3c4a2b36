import { Info } from "luxon";
import { RhymeError } from "../errors.ts";
import { DAY, HOUR, MINUTE, type DurationMs, type EpochMs } from "./units.ts";

/**
 * IANA name (`America/New_York`), `UTC`, a fixed offset that luxon reads (`UTC+2`), or an IANA name and an offset:
 * `America/New_York+07:00` runs seven hours ahead of New York all year, the clock of brokers whose midnight is the
 * New York close.
 */
export type ZoneName = string;

/** Instants are looked up in blocks of this length; most hold one offset, so a lookup is a division and a compare. */
const BLOCK = 32 * DAY;

/** `offset` of [start, next start); `starts[0]` is the block's own start. */
interface Block {
  readonly starts: readonly EpochMs[];
  readonly offsets: readonly DurationMs[];
}

interface ZoneTable {
  readonly offset: (t: EpochMs) => DurationMs;
  readonly blocks: Map<number, Block>;
  lastIndex: number;
  last: Block;
}

const tables = new Map<ZoneName, ZoneTable>();
let lastName: ZoneName | null = null;
let lastTable: ZoneTable | null = null;

function tableOf(zone: ZoneName): ZoneTable {
  if (zone === lastName) return lastTable!;
  let table = tables.get(zone);
  if (!table) {
    const offset = rulesOf(zone);
    table = { offset, blocks: new Map(), lastIndex: NaN, last: { starts: [], offsets: [] } };
    tables.set(zone, table);
  }
  [lastName, lastTable] = [zone, table];
  return table;
}

/** An IANA name, a sign, hours to 23 and minutes to 59. */
const WITH_OFFSET = /^([A-Za-z_]+\/[A-Za-z_/-]+)([+-])([01]\d|2[0-3]):([0-5]\d)$/;

/** Where the zone's clock is ahead of UTC. */
function rulesOf(zone: ZoneName): (t: EpochMs) => DurationMs {
  const [, base, sign, hours, minutes] = WITH_OFFSET.exec(zone) ?? [];
  const rules = Info.normalizeZone(base ?? zone);
  if (!zone || !rules.isValid || zone === "system" || zone === "local") throw unknownZone(zone);
  const ahead = (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE);
  return (t) => Math.round(rules.offset(t) * MINUTE) + ahead;
}

function unknownZone(zone: string): RhymeError {
  return new RhymeError("usage", {
    place: "zone",
    expected:
      "an IANA time zone such as America/New_York or UTC, or one with an offset: America/New_York+07:00",
    received: JSON.stringify(zone),
    remedy: "Give the zone by its full name, an offset as +HH:MM",
  });
}

/** Samples each day of the block and bisects to the millisecond where the offset differs. */
function makeBlock(table: ZoneTable, index: number): Block {
  const from = index * BLOCK;
  const [starts, offsets] = [[from], [table.offset(from)]];
  for (let day = from; day < from + BLOCK; day += DAY) {
    const end = Math.min(day + DAY, from + BLOCK - 1);
    const target = table.offset(end);
    if (target === offsets[offsets.length - 1]) continue;
    let [lo, hi] = [day, end]; // offset(lo) is the old one, offset(hi) the new one
    while (hi - lo > 1) {
      const mid = Math.floor((lo + hi) / 2);
      if (table.offset(mid) === target) hi = mid;
      else lo = mid;
    }
    starts.push(hi);
    offsets.push(target);
  }
  return { starts, offsets };
}

/** How far the zone's clock is ahead of UTC at an instant, in ms. @throws RhymeError for an unknown zone */
export function offsetAt(zone: ZoneName, t: EpochMs): DurationMs {
  if (zone === "UTC") return 0;
  const table = tableOf(zone);
  const index = Math.floor(t / BLOCK);
  if (index !== table.lastIndex) {
    let block = table.blocks.get(index);
    if (!block) table.blocks.set(index, (block = makeBlock(table, index)));
    [table.lastIndex, table.last] = [index, block];
  }
  const { starts, offsets } = table.last;
  let i = starts.length - 1;
  while (i > 0 && t < starts[i]!) i--;
  return offsets[i]!;
}

/** Throws RhymeError where the zone is unknown. */
export function assertZone(zone: ZoneName): void {
  offsetAt(zone, 0);
}

/**
 * The instant at which the zone's clock shows `local` (ms since 1970-01-01T00:00 on that clock). A time that the
 * clock skips is read with the offset before the skip; of a time it shows twice, the first is meant.
 */
export function instantOf(zone: ZoneName, local: number): EpochMs {
  const before = offsetAt(zone, local - DAY);
  const after = offsetAt(zone, local + DAY);
  const first = local - before;
  if (before === after || offsetAt(zone, first) === before) return first;
  const second = local - after;
  return offsetAt(zone, second) === after ? second : first;
}

/** Ms since local midnight of Monday 1969-12-29, which is how weeks are counted. */
function sinceMonday(zone: ZoneName, t: EpochMs): number {
  return t + offsetAt(zone, t) + 3 * DAY;
}

function modulo(value: number, period: number): number {
  return ((value % period) + period) % period;
}

/** 0..167 on the zone's clock, Monday 00:00 = 0. */
export function hourOfWeek(zone: ZoneName, t: EpochMs): number {
  return Math.floor(modulo(sinceMonday(zone, t), 7 * DAY) / HOUR);
}

/** 0..6 on the zone's clock, Monday = 0. */
export function dayOfWeek(zone: ZoneName, t: EpochMs): number {
  return Math.floor(modulo(sinceMonday(zone, t), 7 * DAY) / DAY);
}
