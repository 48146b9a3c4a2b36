import type { SeriesKey } from "../candles/candle-series.ts";
import { RhymeError } from "../errors.ts";
import { countUpTo, countWhile } from "../math/count-up-to.ts";
import { isKept } from "../math/even-thinning.ts";
import type { Memory, Pattern } from "../memory/memory.ts";
import { seriesName } from "../memory/names.ts";
import type { Horizon } from "../time/horizon.ts";
import { iso, type EpochMs } from "../time/units.ts";
import type { Calibrated, ComparedJudgement, Judgement } from "./anomaly.ts";
import { Calibration } from "./calibration.ts";
import { companions } from "./companions.ts";
import { residualAt, type ResidualColumns, type Surprise } from "./residual-columns.ts";

/** At most so many past moments are what a score is held against. */
const MOST_PAST = 1_000;

export interface DetectorOptions {
  readonly series: SeriesKey;
  /** Neighbours must have matured over it, so none shares time with the moment that is judged. */
  readonly horizon: Horizon;
  /** Scores are held against moments from then on: when the encoder was known, for it has learnt from earlier ones. */
  readonly since: EpochMs;
  /** Episodes whose distances are averaged. */
  readonly k?: number; // 10
  /** Share of false alarms that is accepted. */
  readonly alpha?: number; // 0.01
  readonly signal?: AbortSignal;
  /** Awaited after each scored moment, so that a caller may let other work run. */
  readonly onScored?: (scored: number) => void | Promise<void>;
}

/** A moment with its scores as of its own anchor. */
export interface Scored {
  readonly pattern: Pattern;
  /** When its own span ended; NaN where that is still to come, and asked for again. */
  matureAt: EpochMs;
  readonly distance: number; // NaN: fewer than k episodes
  readonly residual: number; // NaN: too little past
  readonly largest: Surprise | null;
  readonly neighbours: readonly { readonly anchor: EpochMs }[];
}

/**
 * Says of moments of one series how unlike their past they are. Whatever is said of a moment follows from what was
 * known at its anchor: both its scores, and those of the past moments that they are held against, each of which was
 * scored as of its own anchor and had matured since. Scores are kept, so that moments judged after each other cost less;
 * who keeps the detector while later moments are remembered is told what a new one would say. (Where the past itself
 * changes, by what is forgotten or by an older history of its symbol, make a new one.)
 *
 * Which past moments: the latter half of those since `since`, evenly thinned (math/even-thinning.ts) to at most
 * MOST_PAST, those that had matured. The latter half, because the nearest of few moments are further away than the
 * nearest of many: scores from when the past was short would hide what is unusual now. Exchangeable moments raise an
 * alarm with a chance of about alpha; markets are not exchangeable, and docs/anomalies.md has the rates measured there.
 */
export class AnomalyDetector {
  readonly #memory: Memory;
  readonly #grow: (() => ResidualColumns) | null;
  readonly #options: DetectorOptions & { readonly k: number; readonly alpha: number };
  readonly #scored = new Map<EpochMs, Scored>();
  #anchors: Float64Array = new Float64Array();
  #residuals: ResidualColumns | null;

  /**
   * @param residuals of the moments of the series (remember/residuals-of.ts), or what says them anew, which is called
   * for a moment later than all of them; moments among them without one go by distance alone
   */
  constructor(
    memory: Memory,
    residuals: ResidualColumns | (() => ResidualColumns),
    options: DetectorOptions,
  ) {
    this.#memory = memory;
    this.#grow = typeof residuals === "function" ? residuals : null;
    this.#residuals = typeof residuals === "function" ? null : residuals;
    this.#options = { k: 10, alpha: 0.01, ...options };
    assertOptions(this.#options);
  }

  /** How unlike its past the moment at `anchor` is. @throws RhymeError "time" where there is none */
  async judge(anchor: EpochMs): Promise<Judgement> {
    return this.#judgement(await this.#score(anchor), await this.#calibrationOf(anchor));
  }

  /** The same with the nearest normal and the nearest anomalous moment of its past. */
  async compare(anchor: EpochMs): Promise<ComparedJudgement> {
    const [scored, past] = [await this.#score(anchor), await this.#calibrationOf(anchor)];
    const judged = this.#judgement(scored, past);
    const near: Scored[] = [];
    for (const neighbour of scored.neighbours) near.push(await this.#score(neighbour.anchor));
    return { ...judged, ...companions(scored.pattern, [...past.moments, ...near], past, judged.alpha) };
  }

  #judgement(scored: Scored, past: Calibration): Judgement {
    const { id, anchor, source, symbol, timeframe } = scored.pattern;
    const { alpha, horizon } = this.#options;
    const { distance, residual, pValue, kind } = past.judge(scored);
    return {
      ...{ id, anchor, source, symbol, timeframe, encoderVersion: this.#memory.encoderVersion, horizon },
      distance: calibrated(scored.distance, distance),
      residual: { ...calibrated(scored.residual, residual), largest: scored.largest },
      ...{ pValue, kind, alpha, anomalous: pValue !== null && pValue <= alpha },
      calibration: past.span,
    };
  }

  async #score(anchor: EpochMs): Promise<Scored> {
    const known = this.#scored.get(anchor);
    if (known) return known;
    const { series, horizon, k, signal, onScored } = this.#options;
    signal?.throwIfAborted();
    const pattern = await this.#memory.at(series, anchor, anchor);
    if (pattern?.anchor !== anchor) throw noMoment(series, anchor);
    const { vector, symbol, timeframe } = pattern;
    const scope = { asOf: anchor, horizon, timeframe, among: { symbols: [symbol] } };
    const neighbours = await this.#memory.query({ ...scope, vector, k, distinctEpisodes: true });
    const { score, largest } = residualAt(this.#residualsUpTo(anchor), anchor);
    const sum = neighbours.reduce((total, { distance }) => total + distance, 0);
    const scored: Scored = {
      pattern,
      matureAt: await this.#matureAt(pattern),
      distance: neighbours.length === k ? sum / k : NaN,
      residual: score,
      ...{ largest, neighbours: neighbours.filter((one) => one.source === series.source) },
    };
    this.#scored.set(anchor, scored);
    await onScored?.(this.#scored.size);
    return scored;
  }

  /** When the span of a moment ended; whoever judges compares it with its own anchor, so nothing later reaches it. */
  async #matureAt({ id }: Pattern): Promise<EpochMs> {
    const { horizon } = this.#options;
    return (await this.#memory.get(id, Infinity))?.matureAt[horizon] ?? NaN;
  }

  /** @throws RhymeError "time" where they end before the moment */
  #residualsUpTo(anchor: EpochMs): ResidualColumns {
    const reaches = (columns: ResidualColumns | null): boolean =>
      (columns?.anchor.at(-1) ?? -Infinity) >= anchor;
    if (this.#grow && !reaches(this.#residuals)) this.#residuals = this.#grow();
    const columns = this.#residuals!;
    if (columns.anchor.length > 0 && !reaches(columns))
      throw noResidual(this.#options.series, anchor, columns);
    return columns;
  }

  /** Anchors of the series, read again where the last that was read is before `anchor`. */
  async #anchorsUpTo(anchor: EpochMs): Promise<Float64Array> {
    const { series } = this.#options;
    if (!(this.#anchors.at(-1)! >= anchor)) this.#anchors = await this.#memory.anchors(series);
    return this.#anchors;
  }

  async #calibrationOf(anchor: EpochMs): Promise<Calibration> {
    const anchors = await this.#anchorsUpTo(anchor);
    const first = countWhile(anchors.length, (i) => anchors[i]! < this.#options.since);
    const before = countUpTo(anchors, anchor) - 1 - first;
    const from = Math.floor(before / 2);
    const step = thinning(before - from);
    const past: Scored[] = [];
    for (let index = from; index < before; index++) {
      if (!isKept(index, step)) continue;
      const scored = await this.#score(anchors[first + index]!);
      if (Number.isNaN(scored.matureAt)) scored.matureAt = await this.#matureAt(scored.pattern);
      if (scored.matureAt <= anchor) past.push(scored);
    }
    return new Calibration(past);
  }
}

/** The smallest power of two of which one in each leaves at most MOST_PAST of `count`. */
function thinning(count: number): number {
  let step = 1;
  while (count / step > MOST_PAST) step *= 2;
  return step;
}

function calibrated(score: number, pValue: number | null): Calibrated {
  return { score: Number.isNaN(score) ? null : score, pValue };
}

/** @throws RhymeError "usage" */
function assertOptions({ k, alpha }: { readonly k: number; readonly alpha: number }): void {
  if (!(Number.isSafeInteger(k) && k >= 1)) throw usage("k", "a whole number from 1 on", k);
  if (!(alpha > 0 && alpha < 1)) throw usage("alpha", "a share between 0 and 1", alpha);
}

function usage(place: string, expected: string, received: number): RhymeError {
  return new RhymeError("usage", {
    ...{ place, expected, received: String(received) },
    remedy: "Leave it out for the default.",
  });
}

function noResidual(series: SeriesKey, anchor: EpochMs, { anchor: said }: ResidualColumns): RhymeError {
  return new RhymeError("time", {
    place: `residuals of ${seriesName(series)}`,
    expected: `moments up to ${iso(anchor)}`,
    received: `moments up to ${iso(said.at(-1)!)}`,
    remedy: "Make the detector with detectorFor, or with residuals of all moments that it is asked about.",
  });
}

function noMoment(series: SeriesKey, anchor: EpochMs): RhymeError {
  return new RhymeError("time", {
    place: `${seriesName(series)} at ${iso(anchor)}`,
    expected: "a remembered moment",
    received: "none",
    remedy: "Remember its candles first, or ask about another moment.",
  });
}
