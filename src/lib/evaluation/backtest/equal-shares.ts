import type { Held } from "./hold-positions.ts";

/** What was held of one series. */
export interface HeldSeries extends Pick<Held, "net"> {
  readonly closeTime: Float64Array; // [N] ms
}

/**
 * Returns of several series held at once, an equal share of each, on all instants of any of them: where one has no bar
 * its share earns nothing. What moves together is no more certain for being held several times, which a mean of Sharpe
 * ratios does not show.
 */
export function equalShares(held: readonly HeldSeries[]): HeldSeries {
  const sums = new Map<number, number>();
  for (const { net, closeTime } of held)
    closeTime.forEach((t, i) => sums.set(t, (sums.get(t) ?? 0) + net[i]! / held.length));
  const closeTime = Float64Array.from(sums.keys()).sort();
  return { closeTime, net: closeTime.map((t) => sums.get(t)!) };
}
