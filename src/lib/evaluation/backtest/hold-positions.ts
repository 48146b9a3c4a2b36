import { DAY } from "../../time/units.ts";
import { sharpeRatio } from "./sharpe-ratio.ts";

// N bars

export interface HoldOptions {
  /** What turning a whole position over costs, as a share of it: 0.0002 is two basis points. Default 0. */
  readonly cost?: number;
  /** Bars between deciding and holding. Default 0: the position is taken at the very close it was decided at. */
  readonly delay?: number;
}

/** What came of holding positions. */
export interface Held {
  /** Return of every bar, costs taken off; of the first nothing. */
  readonly net: Float64Array; // [N]
  /** Growth of 1, bar by bar. */
  readonly equity: Float64Array; // [N]
  /** Growth of 1 per year, less 1. */
  readonly yearly: number;
  /** Mean over standard deviation of bar returns, times √(bars per year). 0 where nothing was ever held. */
  readonly sharpe: number;
  /** Deepest fall from an earlier height of `equity`, as a share of it. */
  readonly drawdown: number;
  /** Share of bars that won, of those on which something was held. */
  readonly won: number;
  /** Whole positions turned over per year. */
  readonly turnover: number;
}

/**
 * Holds `position[i]`, decided at the close of bar i, from there to the next close. Nothing (NaN) is flat. A price may
 * be traded at its close, which no market promises: `delay` says what a bar of waiting leaves of it.
 * @param closeTime ms, for how many bars a year has
 * @param position between −1, all short, and 1, all long
 */
export function holdPositions(
  close: Float64Array,
  closeTime: Float64Array,
  position: ArrayLike<number>,
  { cost = 0, delay = 0 }: HoldOptions = {},
): Held {
  const n = close.length;
  const [net, equity] = [new Float64Array(n), new Float64Array(n).fill(1)];
  let [before, turned, high, drawdown, held, won] = [0, 0, 1, 0, 0, 0];
  for (let i = 1; i < n; i++) {
    const now = position[i - 1 - delay] || 0; // undefined before the first, NaN: flat
    const turn = Math.abs(now - before);
    net[i] = now * (close[i]! / close[i - 1]! - 1) - cost * turn;
    equity[i] = equity[i - 1]! * Math.max(0, 1 + net[i]!);
    high = Math.max(high, equity[i]!);
    drawdown = Math.max(drawdown, 1 - equity[i]! / high);
    if (now !== 0) {
      held++;
      if (net[i]! > 0) won++;
    }
    turned += turn;
    before = now;
  }
  const years = n > 1 ? (closeTime[n - 1]! - closeTime[0]!) / (365.25 * DAY) : NaN;
  const yearly = (equity[n - 1] ?? 1) ** (1 / years) - 1;
  const { sharpe } = sharpeRatio(net, closeTime);
  return { net, equity, yearly, sharpe, drawdown, won: held > 0 ? won / held : 0, turnover: turned / years };
}
