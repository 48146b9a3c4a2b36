import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { StoredSeries } from "../../candles/candle-store.ts";
import type { Holding } from "../../memory/resolve.ts";
import type { EpochMs } from "../../time/units.ts";
import type { KeptEncoder } from "./encoder-shelf.ts";
import { FORMAT_VERSION } from "./schema.ts";
import type { Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import { readTallies, type TallyKey } from "./tally.ts";

/** Patterns of one series in one memory: what a question may be asked of. */
export interface SeriesHolding extends Holding {
  readonly tenant: string;
  readonly dim: number;
  readonly firstAnchor: EpochMs;
  readonly lastAnchor: EpochMs;
  /** Contexts filled, by horizon. */
  readonly contexts: Readonly<Record<string, number>>;
}

export interface FolderSummary {
  readonly path: string;
  readonly format: number;
  readonly bytes: number;
  readonly series: readonly StoredSeries[];
  readonly holdings: readonly SeriesHolding[];
  readonly encoders: readonly KeptEncoder[];
  readonly records: number;
  readonly answers: number;
}

/** What a folder holds, from one commit. */
export function summarise(
  store: Store,
  path: string,
  parts: { series: readonly StoredSeries[]; encoders: readonly KeptEncoder[] },
): FolderSummary {
  const one = (sql: string): number => store.row(sql)![0] as number;
  return {
    path,
    format: FORMAT_VERSION,
    bytes: one("PRAGMA page_count") * one("PRAGMA page_size"),
    ...parts,
    holdings: holdings(store),
    records: one("SELECT count(*) FROM records"),
    answers: one("SELECT count(*) FROM answers"),
  };
}

/** Size of all files of a folder; one that goes meanwhile counts nothing. */
export function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).reduce((sum, name) => {
    const file = statSync(join(folder, name), { throwIfNoEntry: false });
    // -shm is shared memory, gone with the last reader
    return sum + (file?.isFile() && !name.endsWith("-shm") ? file.size : 0);
  }, 0);
}

/** Which patterns there are, of all tenants or of one; by symbol, source, timeframe, tenant, encoder. */
export function holdings(store: Store, tenant?: string): readonly SeriesHolding[] {
  return store.snapshot(() => {
    const filled = readTallies(store, "kind = 'contexts'", []);
    const held = readTallies(store, "kind = 'patterns'", []);
    assertCounted(store, held);
    return held
      .map(({ key, tally }) => {
        const mine = filled.filter((of) => of.key.memory === key.memory && of.key.series === key.series);
        const contexts = Object.fromEntries(mine.map((of) => [of.key.part, of.tally.rows]));
        return { ...namesOf(store, key), patterns: tally.rows, contexts };
      })
      .filter((holding) => tenant === undefined || holding.tenant === tenant)
      .sort(inOrder);
  });
}

const ORDER = ["symbol", "source", "timeframe", "tenant", "encoder"] as const;

function inOrder(a: SeriesHolding, b: SeriesHolding): number {
  const differ = ORDER.find((name) => a[name] !== b[name]);
  return differ === undefined ? 0 : a[differ] < b[differ] ? -1 : 1;
}

/** Which series of which memories there are is told by the tallies; none may have lost its tally. */
function assertCounted(store: Store, held: readonly { readonly key: TallyKey }[]): void {
  const next =
    "SELECT memory, series FROM patterns WHERE (memory, series) > (?, ?) ORDER BY memory, series LIMIT 1";
  const counted = new Set(held.map(({ key }) => `${key.memory} ${key.series}`));
  let found = 0;
  for (let row = store.row(next, -1, -1); row; row = store.row(next, row[0] as number, row[1] as number)) {
    if (!counted.has(`${row[0]} ${row[1]}`)) throw damagedStore(store.place, "the table of tallies");
    found++;
  }
  if (found !== counted.size) throw damagedStore(store.place, "patterns of a series are missing");
}

function namesOf(store: Store, { memory, series }: TallyKey): Omit<SeriesHolding, "patterns" | "contexts"> {
  const owner = store.row("SELECT tenant, encoder, dim FROM memories WHERE memory = ?", memory);
  const named = store.row("SELECT source, symbol, timeframe FROM series WHERE series = ?", series);
  const end = (order: "ASC" | "DESC"): number => {
    const sql = `SELECT anchor FROM patterns WHERE memory = ? AND series = ? ORDER BY anchor ${order} LIMIT 1`;
    return store.row(sql, memory, series)![0] as number;
  };
  if (!owner || !named) throw damagedStore(store.place, "the names of what it holds");
  const [tenant, encoder] = owner as string[];
  const [source, symbol, timeframe] = named as string[];
  return {
    ...{ tenant: tenant!, encoder: encoder!, dim: owner[2] as number },
    ...{ source: source!, symbol: symbol!, timeframe: timeframe! },
    ...{ firstAnchor: end("ASC"), lastAnchor: end("DESC") },
  };
}
