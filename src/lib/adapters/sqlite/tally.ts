import { Digest } from "../../math/digest.ts";
import { sha256Hex } from "../../math/hash.ts";
import type { Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";

/** Digests are summed modulo this: two of them add up without losing a bit. */
const MODULUS = 2 ** 52;
const HALF = 2 ** 26;
/** The sum of a column of digests in SQL, in two halves so that neither runs over. */
export const SUM_OF_DIGESTS = `sum(digest & ${HALF - 1}), sum((digest >> 26) & ${HALF - 1})`;

/** What is counted: rows of one table that belong together. */
export interface TallyKey {
  readonly kind:
    "candles" | "late" | "patterns" | "forecasts" | "contexts" | "context_revisions" | "record" | "names";
  /** Number of a memory, 0 where none is meant. */
  readonly memory: number;
  /** A horizon, a table or another name; empty where none is meant. */
  readonly part: string;
  readonly series: number;
}

/** How many rows and the sum of their digests, in whatever order they come: no row is lost or doubled unnoticed. */
export class Tally {
  rows: number;
  sum: number;

  constructor(rows = 0, sum = 0) {
    this.rows = rows;
    this.sum = sum;
  }

  /** From what SQL counted and summed with SUM_OF_DIGESTS. */
  static of(rows: number, low: number, high: number): Tally {
    return new Tally(rows, ((high % HALF) * HALF + low) % MODULUS);
  }

  add(digest: number): void {
    this.rows++;
    this.sum = (this.sum + (digest % MODULUS)) % MODULUS;
  }

  remove(digest: number): void {
    this.rows--;
    this.sum = (this.sum - (digest % MODULUS) + MODULUS) % MODULUS;
  }

  equals({ rows, sum }: Tally): boolean {
    return this.rows === rows && this.sum === sum;
  }
}

/** A digest of texts and numbers, for rows that are few. */
export function textDigest(...values: readonly (string | number | null)[]): number {
  return Number.parseInt(sha256Hex(Buffer.from(JSON.stringify(values))).slice(0, 13), 16);
}

const words = new Float64Array(2);
const pairs = new Digest();

/** Digest of two numbers. */
export function pairDigest(a: number, b: number): number {
  words[0] = a;
  words[1] = b;
  return pairs.reset().add(new Uint32Array(words.buffer)).value();
}

/** Adds what was written to the tally of its kind (`more.rows` may be negative); inside a write transaction. */
export function addToTally(store: Store, key: TallyKey, more: Tally): void {
  if (more.rows === 0 && more.sum === 0) return;
  const now = readTally(store, key);
  setTally(store, key, new Tally(now.rows + more.rows, (now.sum + more.sum) % MODULUS));
}

/** Puts a tally in place of the one before; an empty one goes. Inside a write transaction. */
export function setTally(store: Store, key: TallyKey, { rows, sum }: Tally): void {
  const { kind, memory, part, series } = key;
  if (rows === 0 && sum === 0)
    return dropTallies(store, "kind = ? AND memory = ? AND part = ? AND series = ?", [
      kind,
      memory,
      part,
      series,
    ]);
  const sql = "INSERT OR REPLACE INTO tallies VALUES (?, ?, ?, ?, ?, ?, ?)";
  store.run(sql, kind, memory, part, series, rows, sum, tallyDigest(key, rows, sum));
}

/** Forgets the tallies that `where` finds, together with their rows; inside a write transaction. */
export function dropTallies(store: Store, where: string, values: readonly (string | number)[]): void {
  store.run(`DELETE FROM tallies WHERE ${where}`, ...values);
}

/** The tally of one key; empty where there is none. @throws RhymeError "store" where it is damaged */
export function readTally(store: Store, { kind, memory, part, series }: TallyKey): Tally {
  const where = "kind = ? AND memory = ? AND part = ? AND series = ?";
  return readTallies(store, where, [kind, memory, part, series])[0]?.tally ?? new Tally();
}

/** The tallies that `where` finds, each held against its digest. @throws RhymeError "store" where one is damaged */
export function readTallies(
  store: Store,
  where: string,
  values: readonly (string | number)[],
): readonly { readonly key: TallyKey; readonly tally: Tally }[] {
  const sql = `SELECT kind, memory, part, series, rows, sum, digest FROM tallies WHERE ${where}`;
  return store.rows(sql, ...values).map(([kind, memory, part, series, rows, sum, digest]) => {
    const key = { kind, memory, part, series } as TallyKey;
    if (tallyDigest(key, rows as number, sum as number) !== digest)
      throw damagedStore(store.place, "the table of tallies");
    return { key, tally: new Tally(rows as number, sum as number) };
  });
}

/** @throws RhymeError "store" where what was read is not what was written */
export function assertTallied(store: Store, key: TallyKey, found: Tally, what: string): void {
  const written = readTally(store, key);
  if (!found.equals(written)) throw missingRows(store, what, written, found);
}

export function missingRows(store: Store, what: string, written: Tally, found: Tally): Error {
  const differ =
    found.rows === written.rows
      ? "other rows than were written"
      : `${found.rows} of ${written.rows} rows that were written`;
  return damagedStore(store.place, `${what}: ${differ}`);
}

function tallyDigest({ kind, memory, part, series }: TallyKey, rows: number, sum: number): number {
  return textDigest(kind, memory, part, series, rows, sum);
}
