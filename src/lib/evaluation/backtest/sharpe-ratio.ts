import { chanceOf } from "../../math/scores/chance-of.ts";
import { meanWithError } from "../../math/scores/mean-with-error.ts";
import { DAY } from "../../time/units.ts";

/** Mean over standard deviation of returns, per year. */
export interface SharpeRatio {
  readonly sharpe: number;
  /** Standard error for returns that are independent of each other: √((1 + s²/2) / N) per bar (Lo 2002), per year. */
  readonly error: number;
  /** The chance of a mean return this far from 0 on either side, were it 0. */
  readonly p: number;
}

/**
 * The Sharpe ratio of returns; of the differences of two rules' returns, it says whether one beats the other. The first
 * bar has no return and does not count. 0 and NaN where nothing varies.
 * @param net return of every bar [N]
 * @param closeTime ms [N], for how many bars a year has
 */
export function sharpeRatio(net: Float64Array, closeTime: Float64Array): SharpeRatio {
  const n = net.length - 1;
  const returns = meanWithError([...net.subarray(1)]);
  const spread = returns.error * Math.sqrt(n);
  if (!(spread > 0)) return { sharpe: 0, error: NaN, p: NaN };
  const years = (closeTime[n]! - closeTime[0]!) / (365.25 * DAY);
  const [perBar, root] = [returns.mean / spread, Math.sqrt(n / years)];
  return {
    sharpe: perBar * root,
    error: Math.sqrt((1 + perBar ** 2 / 2) / n) * root,
    p: chanceOf(returns, n),
  };
}
