import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Daily candles of the S&P 500 from 2000 on, which come along: real data that every checkout has. */
export function exampleFile(): string {
  const main = createRequire(import.meta.url).resolve("vega-datasets");
  return join(dirname(main), "..", "data", "sp500-2000.csv");
}
