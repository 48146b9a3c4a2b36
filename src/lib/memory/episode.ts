import type { EpochMs } from "../time/units.ts";

/**
 * Whether two patterns tell of one episode: their intervals (anchor, matureAt] intersect, whatever their symbols.
 * Four numbers instead of two objects, because searches ask this in their inner loop.
 */
export function sameEpisode(
  anchorA: EpochMs,
  matureAtA: EpochMs,
  anchorB: EpochMs,
  matureAtB: EpochMs,
): boolean {
  return anchorA < matureAtB && anchorB < matureAtA;
}
