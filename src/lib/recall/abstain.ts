import { quantileSorted, sortedFinite } from "../math/quantiles.ts";
import type { Many } from "./many.ts";
import { gather, type Past } from "./past.ts";
import type { Tables } from "./tables.ts";

const FEWEST_NEIGHBOURS = 20;
const FEWEST_EPISODES = 3;
/** Past questions needed before "unusually far" means anything. */
const FEWEST_PAST = 50;
const UNUSUAL = 0.975;

/**
 * Why this moment should not be answered, in words; empty when there is no reason. Too few is an absolute rule;
 * far and disagreeing are measured against the same statistic over past questions that had matured by then, so
 * no threshold is set by hand.
 */
export function reasonsToAbstain(
  many: Many,
  base: number,
  tables: Tables | null,
  past: Past | null,
): string[] {
  const reasons: string[] = [];
  if (!Number.isFinite(base)) reasons.push("there is no base forecast: too little history had matured");
  if (many.count < FEWEST_NEIGHBOURS)
    reasons.push(
      `too few remembered moments had matured: ${many.count} neighbours out of ${many.matured} patterns, ` +
        `${FEWEST_NEIGHBOURS} are needed`,
    );
  else if (many.episodes < FEWEST_EPISODES)
    reasons.push(`the neighbours are ${many.episodes} separate episodes only, ${FEWEST_EPISODES} are needed`);
  if (!tables) reasons.push("too few outcomes of this symbol had matured to say what is usual");
  if (!past || many.count < FEWEST_NEIGHBOURS) return reasons;
  const far = limit(past, past.ledger.moments.distance);
  if (many.distance > far)
    reasons.push(
      `nothing in memory is near: the nearest episodes are ${many.distance.toPrecision(3)} away on average, ` +
        `97.5 % of past questions had theirs within ${far.toPrecision(3)}`,
    );
  const wide = limit(past, past.ledger.moments.dispersion);
  if (many.dispersion > wide)
    reasons.push(
      `the neighbours disagree: their surprises spread by ${many.dispersion.toPrecision(3)}, ` +
        `in 97.5 % of past questions by at most ${wide.toPrecision(3)}`,
    );
  return reasons;
}

function limit(past: Past, column: Float64Array): number {
  const values = sortedFinite(gather(past, column, () => true));
  return values.length < FEWEST_PAST ? Infinity : quantileSorted(values, UNUSUAL);
}
