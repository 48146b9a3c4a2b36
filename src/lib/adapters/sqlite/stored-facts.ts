import type { EpochMs } from "../../time/units.ts";
import { factDigest } from "./candle-facts.ts";
import type { Cell, Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import { assertTallied, Tally, type TallyKey } from "./tally.ts";
import { instantText } from "./verify-memory.ts";

export function tallyKey(kind: "candles" | "late", series: number): TallyKey {
  return { kind, memory: 0, part: "", series };
}

const FACTS = `SELECT open_time, close_time, known_at, open, high, low, close, volume, trades, vwap, spread, partial,
    late, digest
  FROM candles WHERE series = ? AND open_time >= ? AND open_time < ? AND known_at <= ?
  ORDER BY open_time, known_at, digest`;

/** Place of `late` in a stored fact, the digest behind it. */
export const LATE = 12;

/** The newest fact of every bar with from ≤ openTime ≤ to. */
export function newestFacts(store: Store, number: number, from: EpochMs, to: EpochMs): Cell[][] {
  if (!(from <= to)) return [];
  return factsAsOf(store, number, from, to + 1, Number.MAX_SAFE_INTEGER);
}

/** The newest fact of every bar with from ≤ openTime < to that was known by `asOf`; each row held against its digest. */
export function factsAsOf(store: Store, number: number, from: EpochMs, to: EpochMs, asOf: EpochMs): Cell[][] {
  const facts: Cell[][] = [];
  const digest = factDigest();
  const all = from === -Infinity && to === Infinity; // then no row may be missing, those of later knownAt too
  const found = new Tally();
  let lastOpen = -Infinity;
  const bounds = [from, to, all ? Infinity : asOf].map((t) => clampInstant(t));
  store.scan(FACTS, [number, ...bounds], (row) => {
    const [open, close, known] = row as number[];
    const actual = digest(
      [open!, close!, known!, row[LATE] as number],
      row.slice(3, LATE) as (number | null)[],
    );
    if (actual !== row[LATE + 1]) throw damagedStore(store.place, `the candle of ${instantText(open!)}`);
    if (!(open! >= lastOpen)) throw damagedStore(store.place, "candles: rows out of order");
    lastOpen = open!;
    found.add(actual);
    if (known! > asOf) return;
    const last = facts.length - 1;
    if (last >= 0 && facts[last]![0] === row[0]) facts[last] = row;
    else facts.push(row);
  });
  if (all) assertTallied(store, tallyKey("candles", number), found, "candles");
  return facts;
}

/** ±Infinity as an instant that SQLite compares as an integer. */
function clampInstant(t: EpochMs): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.floor(t)));
}
