import type { SeriesKey } from "../../candles/candle-series.ts";
import { placeWithin } from "../../math/even-thinning.ts";
import type { Rng } from "../../math/rng.ts";
import type { Memory, Pattern } from "../../memory/memory.ts";
import { firstOutcome } from "../../recall/outcome.ts";
import type { Horizon } from "../../time/horizon.ts";
import type { EpochMs } from "../../time/units.ts";

/** Never more than this share of what could answer, or the neighbours would be everybody. */
const SHARE = 0.1;
/** The last instant that a date can be: by then all that is stored is known. */
const EVER: EpochMs = 8.64e15;

export interface NeighbourQuestions {
  readonly series: SeriesKey;
  readonly horizon: Horizon;
  /** Moments from here on are asked about, one of every `every`; in step with no clock. */
  readonly from: EpochMs;
  readonly every: number;
  /** Neighbours per question; never more than a tenth of what could answer. */
  readonly k: number;
  /**
   * Who may answer. `matured` (default): whose outcome was known at the moment asked about, the only honest pool.
   * `apart`: the future too, but nobody whose time meets the question's own. `everybody`: the future, the question's
   * own neighbours in time among it. The last two show what a forgotten filter is worth.
   */
  readonly pool?: "matured" | "apart" | "everybody";
  /** Draws neighbours by chance instead of the nearest: the least that any embedding must beat. */
  readonly random?: Rng;
  readonly signal?: AbortSignal;
  /** Awaited, so that a caller may let other work run. */
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
}

/** What the neighbours of Q moments say, beside what followed. All in logAtrRatio: log of future over present range. */
export interface NeighbourForecasts {
  readonly anchor: Float64Array; // [Q] ascending
  readonly matureAt: Float64Array; // [Q] when what followed was known
  /** What followed. */
  readonly outcome: Float64Array; // [Q]
  /** The plain forecast made at the moment itself. */
  readonly base: Float64Array; // [Q]
  /** Mean of what followed the neighbours, and of how far it lay from their own plain forecasts. */
  readonly followed: Float64Array; // [Q]
  readonly residual: Float64Array; // [Q]
}

/**
 * Asks past moments of a series whom they resemble and what that lets expect, each as of its own time; what followed
 * is told as it was first known. Moments without outcome, plain forecast or neighbours are left out. Later facts add
 * moments and change none of the earlier ones (in the pool `matured`).
 */
export async function neighbourForecasts(
  memory: Memory,
  of: NeighbourQuestions,
): Promise<NeighbourForecasts> {
  const baseOf = await plainForecasts(memory, of);
  const due = momentsAsked(await memory.anchors(of.series), of);
  const rows: (readonly number[])[] = [];
  for (const [done, anchor] of due.entries()) {
    of.signal?.throwIfAborted();
    const said = await asked(memory, of, anchor, baseOf);
    if (said?.every(Number.isFinite)) rows.push(said);
    await of.onProgress?.(done + 1, due.length);
  }
  const column = (c: number): Float64Array => Float64Array.from(rows, (row) => row[c]!);
  return {
    ...{ anchor: column(0), matureAt: column(1), outcome: column(2) },
    ...{ base: column(3), followed: column(4), residual: column(5) },
  };
}

/** The plain forecast made at each moment that has an outcome: no later fact changes one. */
export async function plainForecasts(
  memory: Memory,
  { series, horizon }: NeighbourQuestions,
): Promise<ReadonlyMap<EpochMs, number>> {
  const all = await memory.matured({ series, horizon, asOf: EVER, limit: Number.MAX_SAFE_INTEGER });
  return new Map(Array.from(all.anchor, (anchor, row) => [anchor, all.base[row]!]));
}

/** One anchor of every stretch; which one does not hang on how many follow. */
export function momentsAsked(anchors: Float64Array, { from, every }: NeighbourQuestions): Float64Array {
  const since = anchors.filter((t) => t >= from);
  return since.filter((_, i) => i % every === placeWithin(Math.floor(i / every), every));
}

/** Of what followed the neighbours, and of how far it lay from their own plain forecasts; NaN without neighbours. */
export type NeighbourMeans = readonly [followed: number, residual: number];

/**
 * What the neighbours of one moment say when it is asked about, whether or not anything has followed it yet.
 * @param baseOf plain forecasts by anchor, of all that had matured by then at least
 */
export async function neighboursSay(
  memory: Memory,
  of: NeighbourQuestions,
  anchor: EpochMs,
  baseOf: ReadonlyMap<EpochMs, number>,
): Promise<NeighbourMeans> {
  if (of.random) return meansByChance(memory, of, anchor, of.random);
  return meansOfNearest(memory, of, (await memory.at(of.series, anchor, Infinity))!, baseOf);
}

/** One row of the result; null where nothing followed yet. */
async function asked(
  memory: Memory,
  of: NeighbourQuestions,
  anchor: EpochMs,
  baseOf: ReadonlyMap<EpochMs, number>,
): Promise<readonly number[] | null> {
  const context = await firstOutcome(memory, (await memory.at(of.series, anchor, Infinity))!, of.horizon);
  if (!context) return null;
  const means = await neighboursSay(memory, of, anchor, baseOf);
  return [anchor, context.matureAt, context.logAtrRatio ?? NaN, baseOf.get(anchor) ?? NaN, ...means];
}

async function meansOfNearest(
  memory: Memory,
  of: NeighbourQuestions,
  { anchor, vector, matureAt }: Pattern,
  baseOf: ReadonlyMap<EpochMs, number>,
): Promise<NeighbourMeans> {
  const { horizon, series, pool = "matured" } = of;
  const scope = {
    ...{ horizon, asOf: pool === "matured" ? anchor : EVER },
    ...(pool === "apart" ? { apart: { from: anchor, to: matureAt[horizon]! } } : {}),
    ...{ among: { symbols: [series.symbol] }, timeframe: series.timeframe },
  };
  const k = most(of, await memory.countMatured(scope));
  if (k < 1) return [NaN, NaN];
  // Itself is in a pool of everybody, at distance 0.
  const found = await memory.queryColumns({ ...scope, vector, k: pool === "everybody" ? k + 1 : k });
  const rows = Array.from(found.anchor.keys()).filter((i) => found.anchor[i] !== anchor);
  return meansOf(
    rows.slice(0, k).map((i) => found.residual[i]!),
    rows.slice(0, k).map((i) => baseOf.get(found.anchor[i]!) ?? NaN),
  );
}

/** Of moments drawn from all that had matured. */
async function meansByChance(
  memory: Memory,
  of: NeighbourQuestions,
  anchor: EpochMs,
  rng: Rng,
): Promise<NeighbourMeans> {
  const { series, horizon } = of;
  const all = await memory.matured({ series, horizon, asOf: anchor, limit: Number.MAX_SAFE_INTEGER });
  const { base, values } = all;
  const rows = Array.from({ length: most(of, base.length) }, () => rng.int(base.length));
  return meansOf(
    rows.map((row) => values.logAtrRatio[row]! - base[row]!),
    rows.map((row) => base[row]!),
  );
}

function most({ k }: NeighbourQuestions, matured: number): number {
  return Math.min(k, Math.floor(matured * SHARE));
}

/** Means over those that have both an outcome and a plain forecast. */
function meansOf(residuals: readonly number[], bases: readonly number[]): NeighbourMeans {
  let [followed, residual, count] = [0, 0, 0];
  residuals.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    followed += value + bases[i]!;
    residual += value;
    count++;
  });
  return [followed / count, residual / count];
}
