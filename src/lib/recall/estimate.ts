import type { Memory, Pattern } from "../memory/memory.ts";
import { LEVELS } from "./answer.ts";
import { reasonsToAbstain } from "./abstain.ts";
import { fromNames } from "./ledger.ts";
import type { Many, ManyQuestion } from "./many.ts";
import type { Past } from "./past.ts";
import { seriesOf } from "./question.ts";
import { PREDICTIONS, type Prediction } from "./record-type.ts";
import { shrinkage } from "./shrink.ts";
import { TABLE_ROWS, tablesOf, type Tables } from "./tables.ts";

/** The number, before calibration: what recall() states and what a record keeps. */
export interface Estimate {
  readonly many: Many;
  /** Base forecast of logAtrRatio, NaN where there was none. */
  readonly base: number;
  readonly shrink: number;
  /** base + shrink · mean residual; the base alone where there are no neighbours. */
  readonly value: number;
  readonly tables: Tables | null;
  /** Quantiles at LEVELS; NaN where they cannot be made. */
  readonly raw: Readonly<Record<Prediction, Float64Array>>;
  /** Why not to answer; empty when there is no reason. */
  readonly reasons: readonly string[];
}

/**
 * What the many neighbours, the symbol's matured past and the record's (matured by then) say about one pattern.
 * @param search as the many were asked: the tables know and leave aside the same
 */
export async function estimate(
  memory: Memory,
  pattern: Pattern,
  search: ManyQuestion,
  past: Past | null,
  many: Many,
): Promise<Estimate> {
  const { horizon, vector: _vector, among: _among, timeframe: _timeframe, ...known } = search;
  const wanted = { series: seriesOf(pattern), horizon, ...known, limit: TABLE_ROWS };
  const tables = tablesOf(await memory.matured(wanted));
  const base = pattern.base[horizon] ?? NaN;
  const shrink = past && many.count > 0 ? shrinkage(past) : 0;
  const value = shrink > 0 ? base + shrink * many.residual : base;
  const raw = rawQuantiles(tables, pattern.atrNow, base, value, shrink);
  const reasons = reasonsToAbstain(many, base, tables, past);
  if (reasons.length === 0 && PREDICTIONS.some((name) => !raw[name].every(Number.isFinite)))
    reasons.push("one of the labels has no matured outcome");
  return { many, base, shrink, value, tables, raw, reasons };
}

/**
 * Tables put to this moment's scale. The tables already contain the mean miss of the past, so the neighbours
 * move the scale only by what they say beyond it: base + shrink · (residual − centre).
 */
function rawQuantiles(
  tables: Tables | null,
  atrNow: number,
  base: number,
  value: number,
  shrink: number,
): Record<Prediction, Float64Array> {
  if (!tables || !(atrNow > 0) || !Number.isFinite(base))
    return fromNames(PREDICTIONS, () => new Float64Array(LEVELS.length).fill(NaN));
  const middle = value - shrink * tables.centre;
  const scale = atrNow * Math.exp(middle);
  const baseScale = atrNow * Math.exp(base);
  return {
    "recall.return": tables.return.map((z) => z * scale),
    "recall.logAtrRatio": tables.logAtrRatio.map((z) => middle + z),
    "recall.realisedVolatility": tables.logVolatility.map((z) => Math.exp(z) * scale),
    "recall.rvi": tables.rvi,
    "recall.maxGain": tables.maxGain.map((z) => z * scale),
    "recall.maxLoss": tables.maxLoss.map((z) => z * scale),
    "base.return": tables.return.map((z) => z * baseScale),
    "base.logAtrRatio": tables.logAtrRatio.map((z) => base + z),
    "persistence.return": tables.returnPerAtr.map((z) => z * atrNow),
    "climatology.return": tables.plainReturn,
  };
}
