import type { EpochMs } from "../../time/units.ts";
import { uuidText } from "../../memory/pattern-id.ts";
import type { ExportCell, ExportShape, ExportTable } from "../files/export-columns.ts";
import { eachRow } from "./each-row.ts";
import type { ExportSpan } from "./export-candles.ts";
import { contextDigest, floats, forecastDigest, idOf, patternDigest, wordsOf } from "./pattern-rows.ts";
import { LABEL_COLUMNS } from "./schema.ts";
import { findSeries } from "./series-table.ts";
import type { Cell, Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import type { SeriesHolding } from "./summary.ts";
import { assertTallied, Tally } from "./tally.ts";
import { instantText } from "./verify-memory.ts";

/** Patterns of one series in one memory, and when its encoder was known. */
export interface ExportHolding extends SeriesHolding {
  readonly encoderKnownAt: EpochMs;
}

const WHOSE = {
  ...{ tenant: "text", encoder: "text", symbol: "text", source: "text", timeframe: "text" },
} as const satisfies ExportShape;

/** `known_at`: the anchor, or when the encoder was known where that is later; `hindsight` then. */
export const EMBEDDING_SHAPE = {
  ...{ id: "text", ...WHOSE, anchor: "instant", revision: "count", known_at: "instant", hindsight: "flag" },
  ...{ atr_now: "real", data_hash: "text", embedding: "vector" },
} as const satisfies ExportShape;

/**
 * One row per anchor, horizon and label fact. `mature_at` is when the first outcome was known, `known_at` when the
 * values of the row were: the same for the first (`label_revision` 0), later for what corrections made of it (1, 2 …).
 * While the outcome is pending, `mature_at` and the labels are null and `known_at` is the anchor, at which the base
 * forecast was known.
 */
export const CONTEXT_SHAPE = {
  ...{ id: "text", ...WHOSE, horizon: "text", anchor: "instant", revision: "count", known_at: "instant" },
  ...{
    mature_at: "instant",
    label_revision: "count",
    crosses_close: "flag",
    atr_now: "real",
    base_log_atr_ratio: "real",
  },
  ...{ return: "real", roc: "real", atr: "real", log_atr_ratio: "real", realised_volatility: "real" },
  ...{ rvi: "real", max_gain: "real", max_loss: "real", direction: "sign", barrier: "sign" },
} as const satisfies ExportShape;

/** Stored vectors as they are. @throws RhymeError "store" where a row was changed or lost */
export function embeddingTable(
  store: Store,
  holdings: readonly ExportHolding[],
  span: ExportSpan,
): ExportTable {
  return { shape: EMBEDDING_SHAPE, rows: embeddingRows(store, holdings, span) };
}

function* embeddingRows(
  store: Store,
  holdings: readonly ExportHolding[],
  { from, to, asOf }: ExportSpan,
): Generator<ExportCell[]> {
  for (const of of holdings)
    for (const { id, anchor, revision, vector, atrNow, dataHash } of patternsOf(store, of)) {
      const knownAt = Math.max(anchor, of.encoderKnownAt);
      if (anchor < from || anchor >= to || knownAt > asOf) continue;
      const late = knownAt > anchor;
      yield [id, ...whose(of), anchor, revision, knownAt, late, atrNow, dataHash, vector];
    }
}

/** What followed each anchor: every label fact known by `asOf`. @throws RhymeError "store" where a row was changed or lost */
export function contextTable(
  store: Store,
  holdings: readonly ExportHolding[],
  span: ExportSpan,
): ExportTable {
  return { shape: CONTEXT_SHAPE, rows: contextRows(store, holdings, span) };
}

function* contextRows(
  store: Store,
  holdings: readonly ExportHolding[],
  { from, to, asOf }: ExportSpan,
): Generator<ExportCell[]> {
  for (const of of holdings) {
    for (const horizon of horizonsOf(store, of)) {
      const followed = outcomesOf(store, of, horizon);
      for (const { id, anchor, revision, atrNow } of patternsOf(store, of)) {
        const { base, facts } = followed(anchor, revision);
        if (anchor < from || anchor >= to || anchor > asOf) continue;
        const known = facts.filter(([matureAt]) => (matureAt as number) <= asOf);
        const first = known[0]?.[0] ?? null;
        for (const [r, [knownAt, crosses, ...labels]] of (known.length > 0 ? known : PENDING).entries()) {
          const crossesClose = crosses === null ? null : crosses === 1;
          const about = [horizon, anchor, revision, knownAt ?? anchor, first, r, crossesClose, atrNow, base];
          yield [id, ...whose(of), ...about, ...labels] as ExportCell[];
        }
      }
      followed(Infinity, 0); // reads to the end: what belongs to no pattern is damage
    }
  }
}

const PENDING: readonly (readonly null[])[] = [new Array<null>(12).fill(null)];

function whose({ tenant, encoder, symbol, source, timeframe }: ExportHolding): string[] {
  return [tenant, encoder, symbol, source, timeframe];
}

interface StoredPattern {
  readonly id: string;
  readonly anchor: EpochMs;
  readonly revision: number;
  readonly vector: Float32Array;
  readonly atrNow: number | null;
  readonly dataHash: string;
}

const PATTERNS = `SELECT anchor, revision, id, vector, atr_now, lineage, digest,
    (SELECT data_hash FROM lineages l WHERE l.lineage = p.lineage)
  FROM patterns p WHERE memory = ? AND series = ? ORDER BY anchor, revision`;

function* patternsOf(store: Store, of: ExportHolding): Generator<StoredPattern> {
  const { memory, series } = numbersOf(store, of);
  const found = new Tally();
  for (const row of eachRow(store, PATTERNS, memory, series)) {
    const [anchor, revision, , , , lineage, stored] = row as number[];
    const [id, vector, atrNow] = [idOf(row[2]!), floats(row[3]!), row[4] as number | null];
    const digest = patternDigest(anchor!, revision!, atrNow, lineage!, id, wordsOf(vector));
    if (digest !== stored || vector.length !== of.dim || row[7] === null)
      throw damagedStore(store.place, `the pattern at ${instantText(anchor!)}`);
    found.add(digest);
    const dataHash = row[7] as string;
    yield {
      id: uuidText(id, 0),
      anchor: anchor!,
      revision: revision!,
      vector: vector.slice(),
      atrNow,
      dataHash,
    };
  }
  assertTallied(store, { kind: "patterns", memory, part: "", series }, found, `patterns of ${of.symbol}`);
}

function numbersOf(store: Store, of: ExportHolding): { memory: number; series: number } {
  const sql = "SELECT memory FROM memories WHERE tenant = ? AND encoder = ?";
  const memory = store.row(sql, of.tenant, of.encoder)?.[0] as number | undefined;
  return { memory: memory ?? -1, series: findSeries(store, of) ?? -1 };
}

function horizonsOf(store: Store, of: ExportHolding): string[] {
  const { memory, series } = numbersOf(store, of);
  const sql = `SELECT DISTINCT part FROM tallies
    WHERE kind IN ('forecasts', 'contexts') AND memory = ? AND series = ? ORDER BY part`;
  return store.rows(sql, memory, series).map(([part]) => part as string);
}

type Outcome = { readonly base: number | null; readonly facts: readonly (readonly Cell[])[] };

const LABELS_OF_FACT = `mature_at, crosses_close, ${LABEL_COLUMNS}`;

/** Base forecasts and label facts of one horizon beside patterns that are asked for in ascending order. */
function outcomesOf(
  store: Store,
  of: ExportHolding,
  horizon: string,
): (anchor: EpochMs, revision: number) => Outcome {
  const forecasts = beside(checkedRows(store, of, horizon, "forecasts", "base", forecastDigestOf));
  const labels = (kind: "contexts" | "context_revisions"): ReturnType<typeof beside> =>
    beside(checkedRows(store, of, horizon, kind, LABELS_OF_FACT, contextDigest));
  const [contexts, revisions] = [labels("contexts"), labels("context_revisions")];
  return (anchor, revision) => ({
    base: (forecasts(anchor, revision)[0]?.[0] ?? null) as number | null,
    facts: [...contexts(anchor, revision), ...revisions(anchor, revision)],
  });
}

function forecastDigestOf([, anchor, revision, base]: readonly Cell[]): number {
  return forecastDigest(anchor as number, revision as number, base as number);
}

/** Rows of (series, anchor, revision, values…), each held against its digest, all of them against their tally. */
function* checkedRows(
  store: Store,
  of: ExportHolding,
  horizon: string,
  kind: "forecasts" | "contexts" | "context_revisions",
  columns: string,
  digestOf: (cells: readonly Cell[]) => number,
): Generator<Cell[]> {
  const { memory, series } = numbersOf(store, of);
  const found = new Tally();
  const sql = `SELECT series, anchor, revision, ${columns}, digest FROM ${kind}
    WHERE memory = ? AND horizon = ? AND series = ? ORDER BY anchor, revision${kind === "forecasts" ? "" : ", mature_at"}`;
  for (const row of eachRow(store, sql, memory, horizon, series)) {
    const digest = digestOf(row);
    if (digest !== row.at(-1))
      throw damagedStore(store.place, `the ${horizon} ${kind} at ${instantText(row[1] as number)}`);
    found.add(digest);
    yield row.slice(1, -1);
  }
  assertTallied(store, { kind, memory, part: horizon, series }, found, `${horizon} ${kind} of ${of.symbol}`);
}

/** The values behind (anchor, revision) of ascending rows, of each that has it; rows passed over are left out. */
function beside(
  rows: Generator<Cell[]>,
): (anchor: EpochMs, revision: number) => readonly (readonly Cell[])[] {
  let next = rows.next();
  return (anchor, revision) => {
    const before = ([a, r]: readonly Cell[]): boolean =>
      (a as number) < anchor || ((a as number) === anchor && (r as number) < revision);
    while (!next.done && before(next.value)) next = rows.next();
    const found: Cell[][] = [];
    for (; !next.done && next.value[0] === anchor && next.value[1] === revision; next = rows.next())
      found.push(next.value.slice(2));
    return found;
  };
}
