import { meanWithError, type MeanWithError } from "../math/scores/mean-with-error.ts";
import { chanceOf } from "../math/scores/chance-of.ts";

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

/** Below this a difference is not left to chance. */
const CONVINCING = 0.05;

/**
 * Ranks contenders and compares each, block by block, with the best baseline of the run: bad blocks are bad for all, so
 * differences say more than means. The verdict is a two-sided t-test over blocks of the best contender, its p multiplied
 * by their number (Bonferroni): the best of many is ahead by chance more often than each alone.
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
  const others = rows.filter(({ isBaseline }) => !isBaseline).length;
  const name = others > 1 ? `${best.name}, the best of ${others},` : best.name;
  const { mean, error } = best.ahead;
  if (bar.blocks.length < 2) return ofOneBlock(name, bar, sign * mean);
  const by = `${Math.abs(mean).toPrecision(2)} ± ${error.toPrecision(2)}`;
  if (sign * mean <= 0) return `Nothing beats the best baseline, ${bar.name}: ${name} is behind by ${by}.`;
  const p = chanceOf(best.ahead, bar.blocks.length, others);
  const said = `p = ${p.toPrecision(2)}${others > 1 ? `, all ${others} counted` : ""}`;
  return p < CONVINCING
    ? `${name} beats the best baseline, ${bar.name}, by ${by} (${said}).`
    : `No better than the best baseline, ${bar.name}: ${name} is ahead by ${by}, which chance does too (${said}).`;
}

/** Differences that are alone have no spread. */
function ofOneBlock(name: string, bar: Contender, ahead: number): string {
  if (bar.blocks.length === 0) return "No block was judged: nothing can be said.";
  const where = ahead > 0 ? "ahead of" : "behind";
  return `One block says nothing: ${name} is ${where} the best baseline, ${bar.name}, by ${Math.abs(ahead).toPrecision(2)} in it, and what chance does is not known.`;
}
