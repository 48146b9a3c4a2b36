import { LABELS, type Context, type Label } from "../context/context.ts";
import type { Neighbour } from "../memory/memory.ts";
import { iso } from "../time/units.ts";
import type { Answer, AnswerNeighbour } from "./answer.ts";

/** The nearest episodes as an answer shows them, nearest first, with their weights. */
export function evidenceOf(neighbours: readonly Neighbour[]): AnswerNeighbour[] {
  const weights = weightsOf(neighbours.map((n) => n.distance));
  return neighbours.map((n, i) => ({
    id: n.id,
    source: n.source,
    symbol: n.symbol,
    timeframe: n.timeframe,
    anchor: iso(n.anchor),
    distance: n.distance,
    weight: weights[i]!,
    episode: i + 1,
    matureAt: iso(n.matureAt),
    context: statedContext(n.context),
    surprise: finite(n.context.logAtrRatio === null ? NaN : n.context.logAtrRatio - n.base),
    lineage: { ...n.lineage },
  }));
}

/**
 * exp(−(d − nearest) / mean excess): the nearest weighs most, a neighbour at the mean excess 1/e of it, whatever
 * the unit of distance. Equal distances weigh the same. Sums to 1.
 */
export function weightsOf(distances: readonly number[]): number[] {
  const nearest = Math.min(...distances);
  const excess = distances.reduce((sum, d) => sum + (d - nearest), 0) / distances.length;
  const weights = distances.map((d) => (excess > 0 ? Math.exp((nearest - d) / excess) : 1));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.map((w) => w / total);
}

/** Kish's effective sample size 1 / Σ w²: how many equally weighted neighbours these are worth. */
export function effectiveSampleSize(weights: readonly number[]): number {
  return weights.length === 0 ? 0 : 1 / weights.reduce((sum, w) => sum + w * w, 0);
}

/** A context with its times as ISO text and null for what is undefined. */
export function statedContext(context: Context): NonNullable<Answer["happened"]> {
  const values = Object.fromEntries(LABELS.map((label) => [label, finite(context[label] ?? NaN)]));
  return {
    ...(values as Record<Label, number | null>),
    matureAt: iso(context.matureAt),
    crossesClose: context.crossesClose,
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
