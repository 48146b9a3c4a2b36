import {
  TRUST_LABELS,
  TRUST_METHODS,
  type ByBand,
  type Estimated,
  type LabelScores,
  type MeanCrps,
  type MethodScores,
  type TrustExample,
  type TrustLabel,
  type TrustMethod,
  type TrustPeriod,
  type TrustReport,
} from "../evaluation/trust/trust-report.ts";
import { createRng, type Rng } from "../math/rng.ts";
import { LEVELS } from "../recall/answer.ts";
import { fromNames } from "../recall/ledger.ts";
import { iso } from "../time/units.ts";

export interface TrustFixture {
  readonly seed?: number;
  readonly symbols?: readonly string[];
  /** CRPS of the answer over that of the answer without its recall part. */
  readonly gain?: number;
  /** Periods of a quarter. */
  readonly quarters?: number;
  readonly examples?: number;
}

const NAMES: Readonly<Record<TrustMethod, string>> = {
  recall: "the answer",
  withoutRecall: "the answer without recall",
  harClock: "HAR + hour of week",
  har: "HAR",
  persistence: "persistence",
  climatology: "climatology",
};
const WORSE: Readonly<Record<TrustMethod, number>> = {
  recall: 1,
  withoutRecall: 1,
  harClock: 1.004,
  har: 1.021,
  persistence: 1.046,
  climatology: 1.118,
};
const SIZE: Readonly<Record<TrustLabel, number>> = { return: 0.00437, logAtrRatio: 0.1862 };
const START = Date.UTC(2018, 0, 1);
const [ASKED, ANSWERED] = [8_412, 7_903];
const QUARTER = 91 * 86_400_000;
const SENTENCE =
  "Over 7,903 past answers, 3,120 of which do not overlap: the CRPS of the return is 0.3 % lower than that of the " +
  "answer without recall, the best of the others (p = 0.21, which chance explains). Recall adds nothing here. " +
  "The 80 % band of the return held 80.2 % of the time.";

/** A report that obeys the contract and looks like one. For looking at pages and tables only: it is invented. */
export function trustFixture(options: TrustFixture = {}): TrustReport {
  const { seed = 1, symbols = ["EURUSD", "USDJPY"], gain = 0.997, quarters = 13, examples = 3 } = options;
  const rng = createRng(seed);
  const crps = (spread: number): MeanCrps => crpsNear(rng, gain, spread);
  const periods = Array.from({ length: quarters }, (_, q) => periodAt(rng, q, crps(0.02)));
  const labels = Object.fromEntries(TRUST_LABELS.map((label) => [label, scoresOf(rng, label, gain)]));
  const end = iso(START + quarters * QUARTER);
  const looks = (missed: boolean): TrustExample[] =>
    Array.from({ length: examples }, (_, i) => exampleAt(rng, symbols[i % symbols.length]!, i, missed));
  return {
    schema: "rhyme.trust/1",
    tenant: "default",
    horizon: "4h",
    refit: "yearly",
    seed,
    from: iso(START),
    to: end,
    series: symbols.map((symbol) => seriesOf(symbol, symbols.length, crps(0.05))),
    folds: foldsOf(),
    asked: ASKED,
    answered: ANSWERED,
    abstentions: 1 - ANSWERED / ASKED,
    unscored: 17,
    pending: 4,
    missing: 23,
    whenAbstained: { rows: ASKED - ANSWERED, crps: crps(0.08) },
    effective: 3_120,
    bootstrap: { resamples: 2000, blocks: 164, coverage: 0.9 },
    labels: labels as TrustReport["labels"],
    periods,
    best: looks(false),
    worst: looks(true),
    sentence: SENTENCE,
  };
}

function seriesOf(symbol: string, of: number, crps: MeanCrps): TrustReport["series"][number] {
  const [asked, answered] = [Math.round(ASKED / of), Math.round(ANSWERED / of)];
  return { source: "file", symbol, timeframe: "1h", calendar: "fx", asked, answered, crps };
}

function foldsOf(): TrustReport["folds"] {
  return [0, 1, 2].map((fold) => ({
    from: iso(START + fold * 4 * QUARTER),
    to: iso(START + (fold + 1) * 4 * QUARTER),
    encoder: { version: `sage_1h_4h_1d_${"0a1b2c3d".slice(fold)}`, knownAt: iso(START + fold * 4 * QUARTER) },
    asked: Math.round(ASKED / 3),
    answered: Math.round(ANSWERED / 3),
  }));
}

function crpsNear(rng: Rng, gain: number, spread: number): MeanCrps {
  const of = (label: TrustLabel): Record<TrustMethod, number> => {
    const season = SIZE[label] * Math.exp(0.25 * rng.normal());
    return Object.fromEntries(
      TRUST_METHODS.map((m) => [
        m,
        season * WORSE[m] * (m === "recall" ? gain : 1) * Math.exp(spread * rng.normal()),
      ]),
    ) as Record<TrustMethod, number>;
  };
  return { return: of("return"), logAtrRatio: of("logAtrRatio") };
}

function around(value: number, half: number): Estimated {
  return { value, low: value - half, high: value + half };
}

function scoresOf(rng: Rng, label: TrustLabel, gain: number): LabelScores {
  const size = (m: TrustMethod): number => SIZE[label] * WORSE[m] * (m === "recall" ? gain : 1);
  const band = (nominal: number): Estimated => around(nominal + 0.012 * rng.normal(), 0.018);
  const bands = (of: (nominal: number) => Estimated): ByBand<Estimated> => ({
    "50": of(0.5),
    "80": of(0.8),
    "90": of(0.9),
  });
  const methods = TRUST_METHODS.map((method): MethodScores => ({
    method,
    name: NAMES[method],
    crps: around(size(method), size(method) * 0.04),
    pinball: around(size(method) / 2, size(method) * 0.02),
    coverage: bands(band),
    intervalScore: bands((nominal) => around(size(method) * (4 + 8 * nominal), size(method) * 0.4)),
  }));
  const against = TRUST_METHODS.slice(1).map((method) => ({
    method,
    ratio: around(size("recall") / size(method), 0.006),
    p: method === "withoutRecall" ? 0.21 : 0.0004,
  }));
  const reliability = fromNames(TRUST_METHODS, () =>
    LEVELS.map((level) => ({ level, observed: around(level + 0.012 * rng.normal(), 0.015) })),
  );
  return { label, methods, against, reliability };
}

function periodAt(rng: Rng, q: number, crps: MeanCrps): TrustPeriod {
  const asked = 600 + rng.int(80);
  const silent = q === 4;
  const band = (): ByBand<number> => ({
    "50": 0.5 + 0.04 * rng.normal(),
    "80": 0.8 + 0.03 * rng.normal(),
    "90": 0.9 + 0.02 * rng.normal(),
  });
  return {
    from: iso(START + q * QUARTER),
    to: iso(START + (q + 1) * QUARTER),
    asked,
    answered: silent ? 0 : asked - rng.int(120),
    coverage: silent ? null : { return: band(), logAtrRatio: band() },
    crps: silent ? null : crps,
  };
}

function exampleAt(rng: Rng, symbol: string, i: number, missed: boolean): TrustExample {
  const anchor = START + (40 + i * 211 + (missed ? 90 : 0)) * 86_400_000 + 14 * 3_600_000;
  const scale = 0.002 * Math.exp(0.4 * rng.normal());
  const z = [-1.75, -1.3, -0.65, 0, 0.65, 1.3, 1.75];
  const outcome = missed ? -4.2 * scale : 0.1 * scale * rng.normal();
  return {
    source: "file",
    symbol,
    timeframe: "1h",
    anchor: iso(anchor),
    matureAt: iso(anchor + 4 * 3_600_000),
    quantiles: { return: z.map((value) => value * scale), logAtrRatio: z.map((value) => 0.1 + value * 0.25) },
    outcome: { return: outcome, logAtrRatio: missed ? 1.3 : 0.12 },
    crps: {
      recall: Math.abs(outcome) * 0.8,
      withoutRecall: Math.abs(outcome) * 0.79,
      climatology: Math.abs(outcome),
    },
  };
}
