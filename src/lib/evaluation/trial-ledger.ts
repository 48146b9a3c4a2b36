/** One thing that was tried and judged. */
export interface Trial {
  readonly name: string;
  /** What was chosen for it. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly score: number;
  /** Standard error of the score. */
  readonly error?: number;
}

/**
 * Everything that was tried on one question, in order, failures too: the best of many is good by chance, and how many
 * there were decides by how much.
 */
export interface TrialLedger {
  readonly schema: "rhyme.trials/1";
  readonly measure: string;
  readonly better: "higher" | "lower";
  readonly trials: readonly Trial[];
}

export function trialLedger(measure: string, better: TrialLedger["better"] = "higher"): TrialLedger {
  return { schema: "rhyme.trials/1", measure, better, trials: [] };
}

/** The ledger with one more trial; a ledger never loses any. */
export function withTrial(ledger: TrialLedger, trial: Trial): TrialLedger {
  return { ...ledger, trials: [...ledger.trials, trial] };
}

/** What the best of a ledger's trials would have scored if all of them were equally good and differed by chance. */
export interface BestByChance {
  readonly best: Trial;
  readonly mean: number;
  /** mean ± sd · E[largest of N standard normals]. */
  readonly expected: number;
}

const EULER = 0.5772156649015329;

/**
 * The expected best of N trials (Bailey & López de Prado, The Deflated Sharpe Ratio, JPM 40(5) 2014): trials count as
 * independent, which they hardly are, so it asks for too much rather than too little. Null below three trials.
 */
export function bestByChance({ trials, better }: TrialLedger): BestByChance | null {
  const N = trials.length;
  if (N < 3) return null;
  const sign = better === "higher" ? 1 : -1;
  const best = trials.reduce((a, b) => (sign * b.score > sign * a.score ? b : a));
  const mean = trials.reduce((sum, { score }) => sum + score, 0) / N;
  const sd = Math.sqrt(trials.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / (N - 1));
  const largest = (1 - EULER) * normalQuantile(1 - 1 / N) + EULER * normalQuantile(1 - 1 / (N * Math.E));
  return { best, mean, expected: mean + sign * sd * largest };
}

/** Quantile of the standard normal for p > 0.5, by bisection over its series: exact to 1e-9, asked a few times. */
function normalQuantile(p: number): number {
  let [low, high] = [0, 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(Z ≤ x) for x ≥ 0: 1/2 + φ(x) · (x + x³/3 + x⁵/15 + …). */
function normalBelow(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 3; term > 1e-17 * sum; n += 2) sum += term *= (x * x) / n;
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
