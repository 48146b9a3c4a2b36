import { LABELS, type Context, type Label } from "../../context/context.ts";
import type { MemoryIdentity } from "../../memory/checks.ts";
import type { Pattern } from "../../memory/memory.ts";
import { uuidText } from "../../memory/pattern-id.ts";
import type { Horizon } from "../../time/horizon.ts";
import type { EpochMs } from "../../time/units.ts";
import {
  CONTEXT_COLUMNS,
  contextDigest,
  floats,
  forecastDigest,
  idOf,
  patternDigest,
  wordsOf,
} from "./pattern-rows.ts";
import type { Cell, Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import { instantText } from "./verify-memory.ts";

/** The first pattern of a memory that `where` finds, with its forecasts and what had matured by `asOf`; from one commit. */
export function readPattern(
  store: Store,
  of: MemoryIdentity,
  where: string,
  values: readonly (number | string | Uint8Array)[],
  asOf: EpochMs,
): Pattern | null {
  return store.snapshot(() => {
    const row = store.row(
      `SELECT memory, series, anchor, revision, id, vector, atr_now, source, symbol, timeframe, data_hash, design_hash,
         lineage, digest
       FROM patterns JOIN series USING (series) JOIN lineages USING (lineage)
       WHERE memory = (SELECT memory FROM memories WHERE tenant = ? AND encoder = ?) AND ${where} LIMIT 1`,
      of.tenant,
      of.encoderVersion,
      ...values,
    );
    return row ? patternOf(store, of, row, asOf) : null;
  });
}

function patternOf(store: Store, of: MemoryIdentity, row: readonly Cell[], asOf: EpochMs): Pattern {
  const [
    memory,
    series,
    anchor,
    revision,
    id,
    vector,
    atrNow,
    source,
    symbol,
    timeframe,
    dataHash,
    designHash,
  ] = row;
  const key = [memory, series, anchor, revision] as number[];
  const [lineage, digest] = row.slice(-2) as number[];
  const values = floats(vector!);
  const unit = atrNow as number | null;
  const actual = patternDigest(key[2]!, key[3]!, unit, lineage!, idOf(id!), wordsOf(values));
  if (actual !== digest) throw damagedStore(store.place, `the pattern at ${instantText(key[2]!)}`);
  return {
    source: source as string,
    symbol: symbol as string,
    timeframe: timeframe as string,
    id: uuidText(id as Uint8Array, 0),
    anchor: anchor as number,
    revision: revision as number,
    vector: values.slice(),
    atrNow: unit ?? NaN,
    base: forecastsOf(store, key),
    ...contextsOf(store, key, asOf),
    lineage: {
      dataHash: dataHash as string,
      designHash: designHash as string,
      encoderVersion: of.encoderVersion,
    },
  };
}

/** The horizons of a memory are few; each is one lookup by key. */
export function horizonsOf(store: Store, table: "forecasts" | "contexts", memory: number): Horizon[] {
  const horizons: Horizon[] = [];
  const next = `SELECT min(horizon) FROM ${table} WHERE memory = ? AND horizon > ?`;
  for (let last = ""; ; horizons.push(last)) {
    const found = store.row(next, memory, last)![0];
    if (found === null || found === undefined) return horizons;
    last = found as string;
  }
}

const BY_KEY = "WHERE memory = ? AND horizon = ? AND series = ? AND anchor = ? AND revision = ?";

function forecastsOf(store: Store, [memory, ...rest]: readonly number[]): Record<Horizon, number> {
  const base: Record<Horizon, number> = {};
  for (const horizon of horizonsOf(store, "forecasts", memory!)) {
    const row = store.row(`SELECT base, digest FROM forecasts ${BY_KEY}`, memory!, horizon, ...rest);
    if (row && forecastDigest(rest[1]!, rest[2]!, row[0] as number) !== row[1])
      throw damagedStore(store.place, `the base forecast for ${horizon} at ${instantText(rest[1]!)}`);
    if (row) base[horizon] = row[0] as number;
  }
  return base;
}

function contextsOf(
  store: Store,
  [memory, ...rest]: readonly number[],
  asOf: EpochMs,
): Pick<Pattern, "contexts" | "matureAt"> {
  const contexts: Record<Horizon, Context> = {};
  const matureAt: Record<Horizon, EpochMs> = {};
  for (const horizon of horizonsOf(store, "contexts", memory!)) {
    const facts = labelsOf(store, [memory!, horizon, ...rest]).filter(
      (row) => (row[KNOWN] as number) <= asOf,
    );
    if (facts.length === 0) continue;
    contexts[horizon] = contextOf(facts[facts.length - 1]!);
    matureAt[horizon] = facts[0]![KNOWN] as number;
  }
  return { contexts, matureAt };
}

const KNOWN = 3; // place of mature_at in CONTEXT_COLUMNS

/** The label facts of one pattern and horizon, ascending by when they were known, each held against its digest. */
function labelsOf(store: Store, key: readonly (number | string)[]): Cell[][] {
  const read = (kind: "contexts" | "context_revisions"): Cell[][] =>
    store.rows(`SELECT ${CONTEXT_COLUMNS}, digest FROM ${kind} ${BY_KEY} ORDER BY mature_at`, ...key);
  const facts = [...read("contexts"), ...read("context_revisions")];
  for (const row of facts)
    if (contextDigest(row) !== row.at(-1))
      throw damagedStore(store.place, `what followed ${instantText(row[1] as number)} within ${key[1]}`);
  return facts;
}

/** A row that begins with CONTEXT_COLUMNS as a label fact. */
export function contextOf(row: readonly Cell[]): Context {
  const values = {} as Record<Label, number | null>;
  LABELS.forEach((label, i) => (values[label] = row[KNOWN + 2 + i] as number | null));
  return { ...values, matureAt: row[KNOWN] as number, crossesClose: row[KNOWN + 1] === 1 };
}
