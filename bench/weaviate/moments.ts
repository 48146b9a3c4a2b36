import { existsSync } from "node:fs";
import { join } from "node:path";
import { readCandles } from "../../src/lib/adapters/files/read-candles.ts";
import { shippedEncoders } from "../../src/lib/adapters/artefacts/shipped.ts";
import type { CandleSeries, SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { contextAt } from "../../src/lib/context/context-at.ts";
import type { Context } from "../../src/lib/context/context.ts";
import type { Encoder } from "../../src/lib/encoder/encoder.ts";
import { createRng } from "../../src/lib/math/rng.ts";
import type { Memory } from "../../src/lib/memory/memory.ts";
import { patternIds, uuidText } from "../../src/lib/memory/pattern-id.ts";
import type { IndexedPattern } from "../../src/lib/memory/pattern-index.ts";
import { momentsOf, pick, pickContexts, type Moments } from "../../src/lib/remember/moments.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";

export const TENANT = "bench";
/** What is in the index from the beginning, and what is filled later. */
export const HORIZONS = ["1h", "4h", "1d"] as const;
export const FILLED = "12h";

const SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT"];
const PORTION = 1_000;
/** Of copies beyond what the candle files give: far less than neighbours differ by, far more than rounding. */
const JITTER = 1e-3;

/** The newest moments of one series. */
export interface Part {
  readonly series: SeriesKey;
  readonly moments: Moments;
  /** The first embedding taken, and how many. */
  readonly from: number;
  readonly count: number;
  /** Vectors of this part, [count, D]; a copy's are not those of `moments`. */
  readonly vectors: Float32Array;
}

export interface BenchMoments {
  readonly encoder: Encoder;
  readonly parts: readonly Part[];
  readonly count: number;
  /** Where they come from, for the notes of a record. */
  readonly origin: string;
}

/** `count` moments: of real candles where RHYME_DATA has them, else of a synthetic history; the rest are copies. */
export async function benchMoments(count: number): Promise<BenchMoments> {
  const encoder = (await shippedEncoders()).find(({ design }) => design.timeframes[0] === "5m")!;
  const folder = process.env["RHYME_DATA"];
  const file = (symbol: string): string => join(folder ?? "", "crypto", `${symbol}-5m.csv.gz`);
  const real = folder !== undefined && SYMBOLS.every((symbol) => existsSync(file(symbol)));
  const parts: Part[] = [];
  const each = Math.ceil(count / SYMBOLS.length);
  for (const [i, symbol] of SYMBOLS.entries()) {
    const candles = real ? await read(file(symbol), symbol) : synthetic(symbol, each, i);
    const moments = await momentsOf(candles, encoder, { horizons: [...HORIZONS, FILLED] });
    parts.push(newest(seriesOf(candles), moments, each));
  }
  const own = parts.reduce((sum, part) => sum + part.count, 0);
  for (let copy = 1; total(parts) < count; copy++)
    parts.push(...copies(parts.slice(0, SYMBOLS.length), copy));
  const all = cutTo(parts, count);
  const what = real ? `real 5m candles of ${SYMBOLS.join(", ")}` : "a synthetic history";
  const rest = all > own ? `; ${(all - own).toLocaleString("en")} of them copies, off by ${JITTER}` : "";
  return { encoder, parts, count: all, origin: `${what}, encoder ${encoder.version}${rest}` };
}

async function read(path: string, symbol: string): Promise<CandleSeries> {
  return (await readCandles([path], { symbol, now: Date.now() })).series;
}

function synthetic(symbol: string, each: number, seed: number): CandleSeries {
  return syntheticCandles({ seed: seed + 1, rows: each + 2_000, timeframe: "5m", symbol });
}

function seriesOf({ source, symbol, timeframe }: CandleSeries): SeriesKey {
  return { source, symbol, timeframe };
}

function newest(series: SeriesKey, moments: Moments, most: number): Part {
  const { vectors, dim, rows } = moments.embeddings;
  const count = Math.min(most, rows.length);
  const from = rows.length - count;
  return { series, moments, from, count, vectors: vectors.subarray(from * dim) };
}

function copies(parts: readonly Part[], copy: number): readonly Part[] {
  const rng = createRng(copy);
  return parts.map((part) => {
    const symbol = `${part.series.symbol}-${copy}`;
    const vectors = part.vectors.map((value) => value + JITTER * rng.normal());
    return { ...part, series: { ...part.series, symbol }, vectors };
  });
}

/** Takes what is too many from the end; returns how many are left. */
function cutTo(parts: Part[], most: number): number {
  for (let over = total(parts) - most; over > 0; over = total(parts) - most) {
    const last = parts.pop()!;
    if (last.count > over) parts.push({ ...last, count: last.count - over });
  }
  return total(parts);
}

function total(parts: readonly Part[]): number {
  return parts.reduce((sum, { count }) => sum + count, 0);
}

/** All of them as an index takes them, with what followed over these horizons. */
export function* indexed(
  { parts, encoder }: BenchMoments,
  horizons: readonly string[],
  most = Infinity,
): Generator<readonly IndexedPattern[]> {
  let left = most;
  for (const part of parts)
    for (let from = 0; from < part.count && left > 0; from += PORTION) {
      const size = Math.min(PORTION, part.count - from, left);
      left -= size;
      yield Array.from({ length: size }, (_, i) => patternAt(part, from + i, encoder, horizons));
    }
}

function patternAt(part: Part, at: number, encoder: Encoder, horizons: readonly string[]): IndexedPattern {
  const { series, moments, vectors } = part;
  const { rows, anchors, dim } = moments.embeddings;
  const [a, row] = [part.from + at, rows[part.from + at]!];
  const base: Record<string, number> = {};
  const outcomes: Record<string, readonly Context[]> = {};
  for (const horizon of horizons) {
    const expected = moments.base[horizon]![row]!;
    if (!Number.isNaN(expected)) base[horizon] = expected;
    const context = contextAt(moments.contexts[horizon]!, row);
    if (context) outcomes[horizon] = [context];
  }
  return {
    ...{ ...series, id: idOf(part, anchors[a]!, encoder), anchor: anchors[a]!, revision: 0 },
    ...{ vector: vectors.subarray(at * dim, (at + 1) * dim), base, outcomes },
    atrNow: moments.contexts[HORIZONS[0]]!.atrNow[row]!,
    lineage: { dataHash: "d".repeat(64), designHash: "g".repeat(64), encoderVersion: encoder.version },
  };
}

const bytes = new Uint8Array(16);

function idOf({ series }: Part, anchor: number, encoder: Encoder): string {
  patternIds({ tenant: TENANT, series, encoderVersion: encoder.version, revision: 0 })(anchor, bytes, 0);
  return uuidText(bytes, 0);
}

/** The same moments in a memory that searches exactly, with what followed over one horizon. */
export async function fillMemory(
  memory: Memory,
  { parts, encoder }: BenchMoments,
  horizon: string,
): Promise<void> {
  for (const { series, moments, from, count, vectors } of parts) {
    const chosen = Int32Array.from({ length: count }, (_, i) => from + i);
    const rows = Int32Array.from(chosen, (a) => moments.embeddings.rows[a]!);
    const anchors = pick(moments.embeddings.anchors, chosen);
    const columns = pickContexts(moments.contexts[horizon]!, rows);
    const base = { [horizon]: pick(moments.base[horizon]!, rows) };
    const lineage = { dataHash: "d", designHash: "g", encoderVersion: encoder.version };
    await memory.put({ series, anchors, vectors, atrNow: columns.atrNow, base, revision: 0, lineage });
    await memory.label({ series, anchors, columns });
  }
}
