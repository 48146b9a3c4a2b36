import type { Contender } from "../scoreboard.ts";
import type { NeighbourScore } from "./score-neighbours.ts";

/** Squared error saved in each block, the mean over scores of the same questions, such as those of several seeds. */
export function savedOverSeeds(scores: readonly NeighbourScore[]): number[] {
  const [first] = scores;
  if (!first) return [];
  const odd = scores.find(({ blocks }) => blocks.length !== first.blocks.length);
  if (odd) throw new RangeError(`scores of ${first.blocks.length} and of ${odd.blocks.length} blocks`);
  return first.blocks.map(
    (_, b) => scores.reduce((sum, one) => sum + one.blocks[b]!.saved, 0) / scores.length,
  );
}

/** What any neighbours are held against: the forecast without them, which saves 0 by definition, and chance. */
export function neighbourBaselines(byChance: NeighbourScore): Contender[] {
  return [
    { name: "plain forecast alone", isBaseline: true, blocks: byChance.blocks.map(() => 0) },
    { name: "random neighbours", isBaseline: true, blocks: savedOverSeeds([byChance]) },
  ];
}
