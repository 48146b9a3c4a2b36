import type { ComparedJudgement } from "../anomaly/anomaly.ts";
import { AnomalyDetector, type DetectorOptions } from "../anomaly/detector.ts";
import type { SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { RhymeError } from "../errors.ts";
import type { Lineage, Memory, Pattern } from "../memory/memory.ts";
import { seriesName } from "../memory/names.ts";
import type { Answer } from "../recall/answer.ts";
import { recall } from "../recall/recall.ts";
import type { RecallRecord } from "../recall/record-type.ts";
import type { Horizon } from "../time/horizon.ts";
import { iso, type EpochMs } from "../time/units.ts";
import { residualsAsTheyGrow, type ResidualsOptions } from "./residuals-of.ts";
import { newestOnTime, viewAt } from "./views.ts";

/** What a live series looks like now. */
export interface LiveState extends SeriesKey {
  /** Id of the pattern. */
  readonly pattern: string;
  readonly encoderVersion: string;
  readonly anchor: EpochMs;
  readonly embedding: Float32Array; // [D]
  readonly atrNow: number;
  /** Base forecasts of logAtrRatio by horizon. */
  readonly base: Readonly<Record<Horizon, number>>;
  /** What was answered: its id, over which horizon, and the median return; null where it abstained. */
  readonly answer: { readonly id: string; readonly horizon: Horizon; readonly medianReturn: number | null };
  readonly anomaly: { readonly pValue: number | null; readonly anomalous: boolean };
  readonly lineage: Lineage;
}

/**
 * The newest state of each live series, of one tenant: one per symbol and timeframe, gone a day after it was put. Not one
 * per encoder: who puts states decides through which one a series is looked at (`ask --live`: the default channel's).
 */
export interface LiveStates {
  /** Over the one that is there, unless that one is of a later moment. Returns whether it was stored. */
  put(state: LiveState, now: EpochMs): Promise<boolean>;
  /** null where there is none, or none that is still alive. */
  get(series: Pick<SeriesKey, "symbol" | "timeframe">, now: EpochMs): Promise<LiveState | null>;
  /** All that are alive, by symbol, then timeframe. */
  list(now: EpochMs): Promise<readonly LiveState[]>;
}

/** A moment that was unlike its past, as it was judged. */
export interface AnomalyPattern {
  readonly judgement: ComparedJudgement;
  readonly embedding: Float32Array; // [D]
}

/** Moments of one tenant that were unlike their past; one entry per moment and encoder, its newest judgement. */
export interface AnomalyPatterns {
  put(patterns: readonly AnomalyPattern[]): Promise<void>;
  /** Those that fit, newest first. */
  list(which?: AnomalyFilter): Promise<readonly AnomalyPattern[]>;
}

export interface AnomalyFilter {
  readonly symbol?: string;
  readonly timeframe?: string;
  /** Anchors, both ends included. */
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  /** Only p-values up to this. */
  readonly pValue?: number;
}

export interface LiveOptions {
  readonly series: SeriesKey;
  readonly horizon: Horizon;
  /** When the state is written: it is gone a day later. */
  readonly now: EpochMs;
  readonly record?: RecallRecord | null;
  readonly k?: number; // 10 episodes
  /** What was said of this very moment already; another's is refused. Default: it is asked about here. */
  readonly answer?: Answer;
  /** Who follows a series keeps it, with the scores that it has made: of the same memory and horizon. Default: a new one. */
  readonly detector?: AnomalyDetector;
  readonly signal?: AbortSignal;
}

export interface LiveStores {
  readonly states: LiveStates;
  readonly anomalies: AnomalyPatterns;
}

/** What `live` needs of them. */
export interface LiveSinks {
  readonly states: Pick<LiveStates, "put">;
  readonly anomalies: Pick<AnomalyPatterns, "put">;
}

/** What was said of the newest moment. */
export interface LiveMoment {
  readonly state: LiveState;
  readonly answer: Answer;
  readonly judgement: ComparedJudgement;
  /** false: a later moment stands there already. */
  readonly stored: boolean;
}

/**
 * The newest closed moment of a remembered series: answered, judged and written as its live state; where it is unlike
 * its past, as an anomaly too. May be repeated: the same moment writes the same.
 * @throws RhymeError "time" where the newest candles have not been remembered, or what was given is of another moment;
 * as `recall` else
 */
export async function live(
  store: CandleStore,
  memory: Memory,
  encoder: Encoder,
  options: LiveOptions,
  { states, anomalies }: LiveSinks,
): Promise<LiveMoment> {
  const { series, horizon, now, record = null, k = 10, signal } = options;
  const { source, symbol, timeframe } = series;
  const pattern = await newestMoment(store, memory, series);
  const { tenant } = memory;
  const question = { tenant, source, symbol, timeframe, at: pattern.anchor, horizon, k, encoder };
  const answer = options.answer ?? (await recall(memory, question, record));
  assertOne("answer", momentOfAnswer(answer), { ...question, encoderVersion: encoder.version });
  const watched = signal ? { series, horizon, signal } : { series, horizon };
  const detector = options.detector ?? detectorFor(store, memory, encoder, watched);
  const judgement = await detector.compare(pattern.anchor);
  assertOne("detector", momentOfJudgement(judgement), { ...question, encoderVersion: encoder.version });
  const state = stateOf(pattern, answer, judgement);
  const stored = await states.put(state, now);
  if (judgement.anomalous) await anomalies.put([{ judgement, embedding: pattern.vector }]);
  return { state, answer, judgement, stored };
}

/** A detector of a stored series, which may grow: residuals from its candles, held against what came after the encoder. */
export function detectorFor(
  store: CandleStore,
  memory: Memory,
  encoder: Encoder,
  options: Omit<DetectorOptions, "since"> & ResidualsOptions,
): AnomalyDetector {
  const residuals = residualsAsTheyGrow(store, options.series, encoder, options);
  return new AnomalyDetector(memory, residuals, { ...options, since: encoder.knownAt });
}

/** The moment that something was said of, and through which encoder. */
interface Moment extends SeriesKey {
  readonly tenant?: string;
  readonly at: EpochMs;
  readonly horizon: Horizon;
  readonly encoderVersion: string;
}

function momentOfAnswer({ question, encoder }: Answer): Moment {
  // asOf is the anchor, or later knowledge of it: that is no live answer either
  return { ...question, at: Date.parse(question.asOf), encoderVersion: encoder.version };
}

function momentOfJudgement(judgement: ComparedJudgement): Moment {
  return { ...judgement, at: judgement.anchor };
}

/** One state tells of one moment. @throws RhymeError "time" */
function assertOne(place: string, given: Moment, wanted: Moment): void {
  const told = ({ source, symbol, timeframe, at, horizon, encoderVersion, tenant }: Moment): string =>
    `${iso(at)} of ${symbol} ${timeframe} of ${source}, ${horizon}, encoder ${encoderVersion}` +
    (given.tenant === undefined ? "" : `, tenant ${tenant}`);
  const [expected, received] = [told(wanted), told(given)];
  if (expected === received) return;
  throw new RhymeError("time", {
    ...{ place, expected, received },
    remedy: "Ask again about the newest moment, or leave it out: then it is asked here.",
  });
}

async function newestMoment(store: CandleStore, memory: Memory, series: SeriesKey): Promise<Pattern> {
  const newest = newestOnTime(viewAt(store, series, Infinity));
  const pattern = await memory.at(series, newest, Infinity);
  if (pattern?.anchor === newest) return pattern;
  throw new RhymeError("time", {
    place: seriesName(series),
    expected: Number.isFinite(newest) ? `the moment of ${iso(newest)} to be remembered` : "candles",
    received: pattern ? `moments up to ${iso(pattern.anchor)}` : "none",
    remedy: "Remember the newest candles first.",
  });
}

function stateOf(pattern: Pattern, answer: Answer, { pValue, anomalous }: ComparedJudgement): LiveState {
  const { source, symbol, timeframe, anchor, vector, atrNow, base, lineage } = pattern;
  const { id, question, distribution } = answer;
  return {
    ...{ source, symbol, timeframe, anchor, atrNow, base, lineage },
    pattern: pattern.id,
    encoderVersion: lineage.encoderVersion,
    embedding: vector,
    answer: { id, horizon: question.horizon, medianReturn: distribution?.return.quantiles["0.5"] ?? null },
    anomaly: { pValue, anomalous },
  };
}
