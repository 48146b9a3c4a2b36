import { meanWithError, type MeanWithError } from "../math/scores/mean-with-error.ts";

/** One contender, judged on the same blocks (folds, years, stretches of time) as all others. */
export interface Contender {
  readonly name: string;
  /** What a claim is held against: a plain model, chance, the untrained. */
  readonly isBaseline?: boolean;
  /** Its score in each block. */
  readonly blocks: readonly number[];
}

export interface ScoreboardRow extends MeanWithError {
  readonly name: string;
  readonly isBaseline: boolean;
  /** Mean over blocks of its score minus that of the best baseline; null for that baseline itself, or without one. */
  readonly ahead: MeanWithError | null;
  readonly wins: number; // blocks in which it beats the best baseline
}

/** Contenders by score, best first, beside the best baseline of the same run. */
export interface Scoreboard {
  readonly schema: "rhyme.scoreboard/1";
  readonly measure: string;
  readonly better: "higher" | "lower";
  readonly blocks: number;
  readonly rows: readonly ScoreboardRow[];
  /** What may be said of it. */
  readonly verdict: string;
}

/** Standard errors that a difference must be away from 0 to be called one. */
const CONVINCING = 2;

/**
 * Ranks contenders and compares each, block by block, with the best baseline of the run: bad blocks are bad for all, so
 * differences say more than means. With C contenders the best of them is ahead by chance more often than each alone.
 * @throws RangeError where contenders were judged on different numbers of blocks
 */
export function scoreboard(
  contenders: readonly Contender[],
  { measure, better = "higher" }: { readonly measure: string; readonly better?: Scoreboard["better"] },
): Scoreboard {
  const blocks = contenders[0]?.blocks.length ?? 0;
  const odd = contenders.find((one) => one.blocks.length !== blocks);
  if (odd) throw new RangeError(`${odd.name} was judged on ${odd.blocks.length} blocks, others on ${blocks}`);
  const sign = better === "higher" ? 1 : -1;
  const meanOf = (one: Contender): number => sign * meanWithError(one.blocks).mean;
  const ranked = [...contenders].sort((a, b) => meanOf(b) - meanOf(a));
  const bar = ranked.find(({ isBaseline }) => isBaseline) ?? null;
  const rows = ranked.map((one) => rowOf(one, one === bar ? null : bar, sign));
  return { schema: "rhyme.scoreboard/1", measure, better, blocks, rows, verdict: verdictOf(rows, bar, sign) };
}

function rowOf(one: Contender, bar: Contender | null, sign: number): ScoreboardRow {
  const gains = bar ? one.blocks.map((score, b) => score - bar.blocks[b]!) : [];
  return {
    name: one.name,
    isBaseline: one.isBaseline ?? false,
    ...meanWithError(one.blocks),
    ahead: bar ? meanWithError(gains) : null,
    wins: gains.filter((gain) => sign * gain > 0).length,
  };
}

function verdictOf(rows: readonly ScoreboardRow[], bar: Contender | null, sign: number): string {
  if (!bar) return "No baseline: nothing can be said of these scores.";
  const best = rows.find(({ isBaseline }) => !isBaseline);
  if (!best?.ahead) return "Baselines only.";
  const { mean, error } = best.ahead;
  const by = `${Math.abs(mean).toPrecision(2)} ± ${error.toPrecision(2)}`;
  const others = rows.filter(({ isBaseline }) => !isBaseline).length;
  const among = others > 1 ? `, the best of ${others},` : "";
  if (sign * mean <= 0)
    return `Nothing beats the best baseline, ${bar.name}: ${best.name}${among} is behind by ${by}.`;
  return sign * mean > CONVINCING * error
    ? `${best.name}${among} beats the best baseline, ${bar.name}, by ${by}.`
    : `No better than the best baseline, ${bar.name}: ${best.name}${among} is ahead by ${by}, which chance does too.`;
}
