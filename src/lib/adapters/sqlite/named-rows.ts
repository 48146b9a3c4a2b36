import type { Cell, Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import { addToTally, assertTallied, Tally, textDigest, type TallyKey } from "./tally.ts";

/** The small tables by which rows of the large ones say whose they are, each with its columns. */
const NAMED = {
  series: "series, source, symbol, timeframe, calendar",
  memories: "memory, tenant, encoder, dim",
  lineages: "lineage, data_hash, design_hash, encoder",
  encoders: "version, kind, dim, timeframes, feature_set, feature_set_hash, known_at, files, hash",
  channels: "tenant, channel, encoder, previous, switched_at",
} as const;

type NamedTable = keyof typeof NAMED;

const keyOf = (table: NamedTable): TallyKey => ({ kind: "names", memory: 0, part: table, series: 0 });

/** Runs `change` on the rows of a small table that `where` finds before or after it, and keeps its tally in step. */
export function changeNamed(
  store: Store,
  table: NamedTable,
  where: string,
  values: readonly (string | number)[],
  change: () => void,
): void {
  const sql = `SELECT ${NAMED[table]} FROM ${table} WHERE ${where}`;
  const tally = new Tally();
  for (const row of store.rows(sql, ...values)) tally.remove(textDigest(...texts(row)));
  change();
  for (const row of store.rows(sql, ...values)) tally.add(textDigest(...texts(row)));
  addToTally(store, keyOf(table), tally);
}

/** @throws RhymeError "store" where a small table, or the index it is searched by, is not as it was written */
export function checkNamed(store: Store): void {
  store.snapshot(() => {
    for (const table of Object.keys(NAMED) as NamedTable[]) {
      const found = new Tally();
      // NOT INDEXED: the rows themselves, whatever an index says of them
      const sql = `SELECT ${NAMED[table]} FROM ${table} NOT INDEXED`;
      for (const row of store.rows(sql)) {
        found.add(textDigest(...texts(row)));
        if (!isFound(store, table, row)) throw damagedStore(store.place, `the index of ${table}`);
      }
      assertTallied(store, keyOf(table), found, `the table of ${table}`);
    }
  });
}

/** By these columns of theirs rows are searched for, through an index. */
const SOUGHT: Readonly<Record<NamedTable, readonly number[]>> = {
  ...{ series: [1, 2, 3], memories: [1, 2], lineages: [1, 2, 3], encoders: [0] },
  channels: [0, 1],
};

function isFound(store: Store, table: NamedTable, row: readonly Cell[]): boolean {
  const columns = NAMED[table].split(", ");
  const where = SOUGHT[table].map((column) => `${columns[column]} = ?`).join(" AND ");
  const cells = SOUGHT[table].map((column) => row[column]!);
  return store.row(`SELECT ${columns[0]} FROM ${table} WHERE ${where}`, ...cells)?.[0] === row[0];
}

function texts(row: readonly Cell[]): (string | number | null)[] {
  return row.map((cell) => (cell instanceof Uint8Array ? "bytes" : cell)); // no such table holds bytes
}
