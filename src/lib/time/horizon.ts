/** `4h`, `21d`, `2w` …: market time, counted in bars of the base timeframe or in sessions. */
export type Horizon = string;
