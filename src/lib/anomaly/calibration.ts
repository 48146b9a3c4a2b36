import { countWhile } from "../math/count-up-to.ts";
import type { EpochMs } from "../time/units.ts";
import type { AnomalyKind } from "./anomaly.ts";
import type { Scored } from "./detector.ts";
import { combinedP, conformalP, conformalPOfOwn } from "./p-value.ts";

/** Fewer past scores say nothing: no p-value below 1 / 51 could come of them. */
const FEWEST = 50;

export interface PValues {
  readonly distance: number | null;
  readonly residual: number | null;
  readonly pValue: number | null;
  readonly kind: AnomalyKind | null;
}

/** Past moments as what scores are held against. */
export class Calibration {
  readonly moments: readonly Scored[];
  readonly #distances: Float64Array; // ascending
  readonly #residuals: Float64Array; // ascending

  /** @param moments ascending by anchor */
  constructor(moments: readonly Scored[]) {
    this.moments = moments;
    this.#distances = ascending(moments.map(({ distance }) => distance));
    this.#residuals = ascending(moments.map(({ residual }) => residual));
  }

  get span(): { readonly count: number; readonly from: EpochMs | null; readonly to: EpochMs | null } {
    const [first, last] = [this.moments[0], this.moments.at(-1)];
    return {
      count: this.moments.length,
      from: first?.pattern.anchor ?? null,
      to: last?.pattern.anchor ?? null,
    };
  }

  /** A moment among the past ones is held against the others alone: it is no witness of its own. */
  judge(scored: Pick<Scored, AnomalyKind | "pattern">): PValues {
    const own = this.#holds(scored.pattern.anchor);
    const distance = pValueOf(this.#distances, scored.distance, own);
    const residual = pValueOf(this.#residuals, scored.residual, own);
    const pValue = combinedP([distance, residual]);
    const kind = pValue === null ? null : (residual ?? 2) < (distance ?? 2) ? "residual" : "distance";
    return { distance, residual, pValue, kind };
  }

  #holds(anchor: EpochMs): boolean {
    const before = countWhile(this.moments.length, (i) => this.moments[i]!.pattern.anchor < anchor);
    return this.moments[before]?.pattern.anchor === anchor;
  }
}

/** @param own `score` itself is one of `past` */
function pValueOf(past: Float64Array, score: number, own: boolean): number | null {
  if (Number.isNaN(score) || past.length - Number(own) < FEWEST) return null;
  return own ? conformalPOfOwn(past, score) : conformalP(past, score);
}

function ascending(scores: readonly number[]): Float64Array {
  return Float64Array.from(scores.filter((score) => !Number.isNaN(score))).sort();
}
