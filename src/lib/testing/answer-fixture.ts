import type { CandleSeries } from "../candles/candle-series.ts";
import { quantileSorted, sortedFinite } from "../math/quantiles.ts";
import { LEVELS, LEVEL_NAMES, type Answer, type AnswerNeighbour, type Trust } from "../recall/answer.ts";
import { iso } from "../time/units.ts";

export interface AnswerFixture {
  /** Bars of one timeframe: history before `row`, and `bars` after it where the outcome should be known. */
  readonly candles: CandleSeries;
  /** The anchor. */
  readonly row: number;
  readonly bars?: number;
  readonly horizon?: string;
  readonly k?: number;
  /** An abstaining answer with this reason. */
  readonly reason?: string;
  readonly better?: boolean;
}

type Context = NonNullable<Answer["happened"]>;
type Distribution = NonNullable<Answer["distribution"]>;

/**
 * An answer that obeys the schema and looks like one, found by comparing the shapes of the last bars. For looking
 * at pages and tables only: nothing in it is calibrated, and its record is invented.
 */
export function answerFixture(options: AnswerFixture): Answer {
  const { candles, row, bars = 21, horizon = "21d", k = 10, reason, better = false } = options;
  const neighbours = nearest(candles, row, bars, k);
  const happened = row + bars < candles.close.length ? contextAt(candles, row, bars) : null;
  return {
    schema: "rhyme.answer/1",
    id: "5f2c8a10-6b1e-5c3d-9a44-0d2f6c1b7e90",
    question: {
      tenant: "default",
      source: candles.source,
      symbol: candles.symbol,
      timeframe: candles.timeframe,
      asOf: iso(candles.knownAt[row]!),
      anchor: iso(candles.knownAt[row]!),
      horizon,
      k,
      among: "all",
    },
    encoder: {
      version: "sage_1d_1w_1mo_3f9c2a17",
      knownAt: iso(candles.knownAt[Math.floor(row / 2)]!),
      hindsight: false,
    },
    data: { hash: "9b1f0c6e2d7a4853b1c0f2a96e5d8c7743ab19e08d6c5f42a1b3c4d5e6f70819" },
    neighbours,
    forecast: { logAtrRatio: { base: 0.21, residual: 0.16, neighbours: 380, shrink: 0.5, value: 0.29 } },
    distribution: reason === undefined ? distribution(candles, row, bars) : null,
    effectiveSampleSize: 1 / neighbours.reduce((sum, n) => sum + n.weight ** 2, 0),
    abstained: reason !== undefined,
    reason: reason ?? null,
    happened,
    trust: trust(candles, row, better),
  };
}

/** Log returns of the last `bars` bars. */
function shape(candles: CandleSeries, row: number, bars: number): number[] {
  return Array.from({ length: bars }, (_, i) =>
    Math.log(candles.close[row - i]! / candles.close[row - i - 1]!),
  );
}

function nearest(candles: CandleSeries, row: number, bars: number, k: number): AnswerNeighbour[] {
  const own = shape(candles, row, bars);
  const distances = new Map<number, number>();
  for (let past = bars + 1; past + bars <= row; past++)
    distances.set(past, 1 - cosine(own, shape(candles, past, bars)));
  const byDistance = [...distances.keys()].sort((a, b) => distances.get(a)! - distances.get(b)!);
  const chosen: number[] = [];
  for (const past of byDistance)
    if (chosen.length < k && chosen.every((other) => Math.abs(other - past) > bars)) chosen.push(past);
  const raw = chosen.map((past) => Math.exp(-4 * distances.get(past)!));
  const total = raw.reduce((sum, w) => sum + w, 0);
  return chosen.map((past, i) => ({
    id: `00000000-0000-5000-8000-${String(past).padStart(12, "0")}`,
    source: candles.source,
    symbol: candles.symbol,
    timeframe: candles.timeframe,
    anchor: iso(candles.knownAt[past]!),
    distance: distances.get(past)!,
    weight: raw[i]! / total,
    episode: i + 1,
    matureAt: iso(candles.knownAt[past + bars]!),
    context: contextAt(candles, past, bars),
    surprise: Math.sin(past) * 0.4,
    lineage: {
      dataHash: "d".repeat(64),
      designHash: "e".repeat(64),
      encoderVersion: "sage_1d_1w_1mo_3f9c2a17",
    },
  }));
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, v, i) => sum + v * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function contextAt(candles: CandleSeries, row: number, bars: number): Context {
  const { close, high, low, knownAt } = candles;
  const last = close[row]!;
  const end = Math.log(close[row + bars]! / last);
  const rows = Array.from({ length: bars }, (_, i) => row + 1 + i);
  const trueRange = rows.map((i) => Math.max(high[i]!, close[i - 1]!) - Math.min(low[i]!, close[i - 1]!));
  const atr = trueRange.reduce((sum, r) => sum + r, 0) / bars / last;
  return {
    return: end,
    roc: Math.expm1(end),
    atr,
    logAtrRatio: Math.log(atr / 0.01),
    realisedVolatility: Math.sqrt(rows.reduce((sum, i) => sum + Math.log(close[i]! / close[i - 1]!) ** 2, 0)),
    rvi: 52,
    maxGain: Math.log(Math.max(...rows.map((i) => high[i]!)) / last),
    maxLoss: Math.log(Math.min(...rows.map((i) => low[i]!)) / last),
    direction: Math.sign(end),
    barrier: null,
    matureAt: iso(knownAt[row + bars]!),
    crossesClose: true,
  };
}

function distribution(candles: CandleSeries, row: number, bars: number): Distribution {
  const contexts = Array.from({ length: 200 }, (_, i) =>
    contextAt(candles, 1 + Math.floor((i / 200) * (row - bars - 1)), bars),
  );
  const of = (
    label: "return" | "roc" | "atr" | "logAtrRatio" | "realisedVolatility" | "rvi" | "maxGain" | "maxLoss",
  ) => {
    const sorted = sortedFinite(contexts.map((context) => context[label] ?? NaN));
    const quantiles = Object.fromEntries(
      LEVEL_NAMES.map((name, i) => [name, quantileSorted(sorted, LEVELS[i]!) * 1.4]),
    );
    return { quantiles: quantiles as Distribution["return"]["quantiles"], calibrated: true };
  };
  const roc = of("return");
  const mapped = Object.fromEntries(LEVEL_NAMES.map((name) => [name, Math.expm1(roc.quantiles[name])]));
  return {
    return: roc,
    roc: { quantiles: mapped as Distribution["return"]["quantiles"], calibrated: true },
    atr: of("atr"),
    logAtrRatio: of("logAtrRatio"),
    realisedVolatility: of("realisedVolatility"),
    rvi: of("rvi"),
    maxGain: of("maxGain"),
    maxLoss: of("maxLoss"),
    direction: { probabilities: { "-1": 0.39, "0": 0, "1": 0.61 }, calibrated: false },
    barrier: { probabilities: { "-1": 0.24, "0": 0.42, "1": 0.34 }, calibrated: false },
  };
}

function trust(candles: CandleSeries, row: number, better: boolean): Trust {
  const crps = better ? 0.0189 : 0.0198;
  return {
    from: iso(candles.knownAt[Math.floor(row / 2)]!),
    to: iso(candles.knownAt[row - 1]!),
    answers: 412,
    effectiveAnswers: 96,
    crps,
    coverage80: 0.782,
    abstentions: 0.061,
    baselines: [
      { name: "HAR + day of week", crps: 0.0197 },
      { name: "persistence", crps: 0.0204 },
      { name: "climatology", crps: 0.0221 },
    ],
    bestBaseline: { name: "HAR + day of week", crps: 0.0197 },
    dieboldMarianoP: better ? 0.012 : 0.71,
    better,
    sentence: better
      ? "Over 412 past answers (96 that do not overlap) recall scored 0.01890 against 0.01970 for HAR + day of week " +
        "(CRPS, lower is better): recall adds something here, p = 0.012."
      : "Over 412 past answers (96 that do not overlap) recall scored 0.01980 against 0.01970 for HAR + day of week " +
        "(CRPS, lower is better): recall adds nothing here.",
  };
}
