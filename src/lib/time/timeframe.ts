/** `5m`, `30m`, `1h`, `4h`, `1d`, `1w`, `1mo` … : a count and a unit (m minutes, h hours, d days, w weeks, mo months). */
export type Timeframe = string;
