import { linkedPairs } from "../graph/cross-links.ts";
import type { GraphDesign } from "../graph/graph-design.ts";
import { fixedWidth, nominalWidth, parseTimeframe, type Timeframe } from "../time/timeframe.ts";
import { HOUR } from "../time/units.ts";

export interface ReceptiveFieldOptions {
  readonly layers: number;
  /** Windows that the readout looks back on: 0 for the newest row alone, 1 for a mean, more for a decay. */
  readonly readoutWindows: number;
  /** Bars until features have settled. */
  readonly settled: number;
}

/**
 * Rows per timeframe that an embedding depends on to 1e-5: the readout's window, extended by one step of every kind
 * of edge for each layer, plus the rows in which features settle. Counts of bars inside bars are taken from
 * nominal widths, and from short sessions where that is the larger number; holes in the data can stretch it.
 */
export function receptiveField(
  design: GraphDesign,
  { layers, readoutWindows, settled }: ReceptiveFieldOptions,
): Readonly<Record<Timeframe, number>> {
  const { timeframes, dilations } = design;
  const step = Math.max(0, ...dilations);
  let rows = timeframes.map((timeframe) => Math.max(1, readoutWindows * design.windows[timeframe]!));
  for (let layer = 0; layer < layers; layer++) {
    const wider = rows.map((n) => n + step);
    for (const [f, c] of linkedPairs(timeframes.length, design.crossPairs)) {
      const [fewest, most] = barsInside(timeframes[f]!, timeframes[c]!);
      if (design.cross.includes("down")) wider[c] = Math.max(wider[c]!, Math.ceil(rows[f]! / fewest) + 1);
      if (design.cross.includes("up")) wider[f] = Math.max(wider[f]!, (rows[c]! + 1) * most);
    }
    rows = wider;
  }
  return Object.fromEntries(timeframes.map((timeframe, t) => [timeframe, rows[t]! + settled]));
}

const SHORT_SESSION = 3.5 * HOUR; // an early close
const SESSIONS = { d: 1, w: 3, mo: 15, m: 0, h: 0 }; // fewest in a bar of that unit

/** Fewest (on average over several) and most finer bars inside one coarser bar. */
function barsInside(fine: Timeframe, coarse: Timeframe): [number, number] {
  const most = Math.ceil((nominalWidth(coarse) * 1.04) / nominalWidth(fine)); // months have up to 31 days
  const width = fixedWidth(fine);
  if (fixedWidth(coarse) !== null) return [Math.max(1, (0.75 * nominalWidth(coarse)) / width!), most];
  const sessions = SESSIONS[parseTimeframe(coarse).unit];
  const perSession = width === null ? 1 / SESSIONS[parseTimeframe(fine).unit] : SHORT_SESSION / width;
  return [Math.max(1, sessions * perSession), most];
}
