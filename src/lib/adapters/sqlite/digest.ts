import { createHash } from "node:crypto";
import type { Cell, Store } from "./store.ts";

/** SHA-256 (hex) of what a memory holds, part by part and of all parts together. */
export interface TruthDigest {
  readonly candles: string;
  readonly patterns: string;
  readonly contexts: string;
  readonly artefacts: string;
  readonly records: string;
  readonly all: string;
}

const SERIES = "source, symbol, timeframe";
const MEMORY = "tenant, memories.encoder";
const LABELS = `mature_at, crosses_close, return, roc, atr, log_atr_ratio, realised_volatility, rvi, max_gain, max_loss,
  direction, barrier`;
const OF = "JOIN memories USING (memory) JOIN series USING (series)";

const contexts = (table: string): string => `SELECT ${MEMORY}, horizon, ${SERIES}, anchor, revision, ${LABELS}
  FROM ${table} ${OF} ORDER BY ${MEMORY}, horizon, ${SERIES}, anchor, revision, mature_at`;

/** Rows in the order of their keys, values alone: neither row numbers nor instants of operation. */
const PARTS: Readonly<Record<Exclude<keyof TruthDigest, "all">, readonly string[]>> = {
  candles: [
    `SELECT ${SERIES}, calendar, open_time, known_at, close_time, open, high, low, close, volume, trades, vwap, spread,
      partial, late FROM candles JOIN series USING (series) ORDER BY ${SERIES}, open_time, known_at, digest`,
  ],
  patterns: [
    `SELECT ${MEMORY}, dim, ${SERIES}, anchor, revision, id, vector, atr_now, data_hash, design_hash, lineages.encoder
      FROM patterns ${OF} JOIN lineages USING (lineage) ORDER BY ${MEMORY}, ${SERIES}, anchor, revision`,
    `SELECT ${MEMORY}, horizon, ${SERIES}, anchor, revision, base FROM forecasts ${OF}
      ORDER BY ${MEMORY}, horizon, ${SERIES}, anchor, revision`,
  ],
  contexts: [contexts("contexts"), contexts("context_revisions")],
  artefacts: [
    `SELECT version, kind, dim, timeframes, feature_set, feature_set_hash, known_at, files FROM encoders
      ORDER BY version`,
  ],
  records: [
    `SELECT tenant, ${SERIES}, encoder, horizon, record FROM records ORDER BY tenant, ${SERIES}, encoder, horizon`,
  ],
};

/**
 * Two memories with equal digests hold the same truth, however and in whatever order it came in. Left out: the ingest
 * log, which says when somebody did something, the log of answers (`answersDigest`), channels, and the memory's identity.
 */
export function truthDigest(store: Store): TruthDigest {
  return store.snapshot(() => {
    const parts = Object.entries(PARTS).map(([name, queries]) => [name, digestOf(store, queries)] as const);
    const all = createHash("sha256");
    for (const part of parts) all.update(JSON.stringify(part));
    return { ...Object.fromEntries(parts), all: all.digest("hex") } as unknown as TruthDigest;
  });
}

/** SHA-256 (hex) of every answer that is kept, of all tenants: what was said of which moment, not when it was said. */
export function answersDigest(store: Store): string {
  return digestOf(store, ["SELECT tenant, id, answer FROM answers ORDER BY tenant, id"]);
}

function digestOf(store: Store, queries: readonly string[]): string {
  const hash = createHash("sha256");
  for (const sql of queries) {
    hash.update("|");
    store.scan(sql, [], (row) => hash.update(rowText(row)));
  }
  return hash.digest("hex");
}

/** JSON writes every number so that it reads back the same; bytes as hex. */
function rowText(row: readonly Cell[]): string {
  const cells = row.map((cell) => (cell instanceof Uint8Array ? Buffer.from(cell).toString("hex") : cell));
  return `${JSON.stringify(cells)}\n`;
}
