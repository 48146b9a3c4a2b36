import type { SeriesKey } from "../../candles/candle-series.ts";
import type { Context } from "../../context/context.ts";
import type { IndexedPattern } from "../../memory/pattern-index.ts";
import { uuidText } from "../../memory/pattern-id.ts";
import type { Horizon } from "../../time/horizon.ts";
import {
  CONTEXT_COLUMNS,
  contextDigest,
  floats,
  forecastDigest,
  idOf,
  patternDigest,
  wordsOf,
} from "./pattern-rows.ts";
import { contextOf, horizonsOf } from "./read-pattern.ts";
import type { Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import { instantText } from "./verify-memory.ts";

/** Which patterns: of one memory and series, at most `limit`, by anchor. */
export interface StretchOf {
  readonly memory: number;
  readonly number: number;
  readonly series: SeriesKey;
  readonly encoderVersion: string;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

interface Growing extends Omit<IndexedPattern, "base" | "outcomes"> {
  readonly base: Record<Horizon, number>;
  readonly outcomes: Record<Horizon, Context[]>;
}

/**
 * Patterns with all their forecasts and label facts, within the caller's snapshot.
 * @throws RhymeError "store" where a row is not what was written
 */
export function readStretch(store: Store, of: StretchOf): readonly IndexedPattern[] {
  const patterns = readPatterns(store, of);
  const [first, last] = [patterns[0]?.anchor, patterns.at(-1)?.anchor];
  if (first === undefined || last === undefined) return [];
  const byAnchor = new Map(patterns.map((pattern) => [pattern.anchor, pattern]));
  const values = [of.memory, of.number, first, last] as const;
  for (const horizon of horizonsOf(store, "forecasts", of.memory))
    addForecasts(store, horizon, values, byAnchor);
  for (const horizon of horizonsOf(store, "contexts", of.memory))
    for (const kind of ["contexts", "context_revisions"] as const)
      addLabels(store, kind, horizon, values, byAnchor);
  return patterns;
}

function readPatterns(store: Store, of: StretchOf): Growing[] {
  const { memory, number, series, encoderVersion, from, to, limit } = of;
  const { source, symbol, timeframe } = series;
  const sql = `SELECT anchor, revision, id, vector, atr_now, lineage, digest, data_hash, design_hash
    FROM patterns JOIN lineages USING (lineage)
    WHERE memory = ? AND series = ? AND anchor BETWEEN ? AND ? ORDER BY anchor LIMIT ?`;
  return store.rows(sql, memory, number, from, to, limit).map((row) => {
    const [anchor, revision, id, vector, atrNow, lineage, digest, dataHash, designHash] = row;
    const at = anchor as number;
    const values = floats(vector!).slice();
    const unit = atrNow as number | null;
    const actual = patternDigest(at, revision as number, unit, lineage as number, idOf(id!), wordsOf(values));
    if (actual !== digest) throw damagedStore(store.place, `the pattern at ${instantText(at)}`);
    return {
      ...{ source, symbol, timeframe, id: uuidText(id as Uint8Array, 0), anchor: at },
      ...{ revision: revision as number, vector: values, atrNow: unit ?? NaN, base: {}, outcomes: {} },
      lineage: { dataHash: dataHash as string, designHash: designHash as string, encoderVersion },
    };
  });
}

type Keys = readonly [memory: number, series: number, first: number, last: number];
const BETWEEN = "WHERE memory = ? AND horizon = ? AND series = ? AND anchor BETWEEN ? AND ?";

function addForecasts(
  store: Store,
  horizon: Horizon,
  [memory, ...range]: Keys,
  patterns: ReadonlyMap<number, Growing>,
): void {
  const sql = `SELECT anchor, revision, base, digest FROM forecasts ${BETWEEN}`;
  store.scan(sql, [memory, horizon, ...range], (row) => {
    const [anchor, revision, base, digest] = row as number[];
    if (forecastDigest(anchor!, revision!, base!) !== digest)
      throw damagedStore(store.place, `the base forecast for ${horizon} at ${instantText(anchor!)}`);
    const pattern = patterns.get(anchor!);
    if (pattern) pattern.base[horizon] = base!;
  });
}

/** The first outcomes, then what corrections made of them: each pattern's facts come in the order of their time. */
function addLabels(
  store: Store,
  kind: "contexts" | "context_revisions",
  horizon: Horizon,
  [memory, ...range]: Keys,
  patterns: ReadonlyMap<number, Growing>,
): void {
  const order = kind === "contexts" ? "" : "ORDER BY anchor, mature_at";
  const sql = `SELECT ${CONTEXT_COLUMNS}, digest FROM ${kind} ${BETWEEN} ${order}`;
  store.scan(sql, [memory, horizon, ...range], (row) => {
    const anchor = row[1] as number;
    if (contextDigest(row) !== row.at(-1))
      throw damagedStore(store.place, `what followed ${instantText(anchor)} within ${horizon}`);
    const pattern = patterns.get(anchor);
    if (pattern) (pattern.outcomes[horizon] ??= []).push(contextOf(row));
  });
}
