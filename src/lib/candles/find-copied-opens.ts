import { eachBlock } from "./blocks.ts";
import type { Finding } from "./finding.ts";
import { findingOf, type SeriesOfRows } from "./find-series-row.ts";

/** Liquid markets open at the close before in half of their bars, some in four of five. */
const THROUGHOUT = 0.98;
const ENOUGH = 100;

/**
 * One warning where nearly every open repeats the close before it: the source fills opens in, and no gap of a night
 * or weekend can be seen in them.
 */
export function findCopiedOpens(judged: SeriesOfRows): Finding[] {
  const { open, close } = judged.series;
  const { slot, grid } = judged.ledger;
  let equal = 0;
  eachBlock(open.length, (from, to) => {
    let count = 0;
    for (let i = from === 0 ? 1 : from; i < to; i++) if (open[i] === close[i - 1]) count++;
    equal += count;
  });
  const pairs = open.length - 1;
  if (pairs < ENOUGH || equal < THROUGHOUT * pairs) return [];
  let [closures, equalAcross] = [0, 0];
  for (let i = 1; i < open.length; i++) {
    const before = slot[i]! - 1;
    if (before === slot[i - 1] && grid.close[before] === grid.open[slot[i]!]) continue;
    closures++;
    if (open[i] === close[i - 1]) equalAcross++;
  }
  const across = closures > 0 ? `, also across ${equalAcross} of ${closures} closures and holes` : "";
  const value = `${equal} of ${pairs} opens equal the close before${across}`;
  return [findingOf(judged, 1, "open-equals-previous-close", value, equal)];
}
