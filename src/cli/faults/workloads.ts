import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CandleSeries } from "../../lib/candles/candle-series.ts";
import { sliceRows } from "../../lib/candles/slice.ts";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { rhyme } from "./run-rhyme.ts";

const START = Date.UTC(2023, 6, 3); // the shipped encoder was known then
/** When the clock stands still, where it does. */
const CLOCK = Date.UTC(2024, 0, 1);

/** One `./rhyme remember` that takes a second or a few, and what must be in the memory before it. */
export interface Workload {
  readonly name: string;
  readonly args: readonly string[];
  /** Memories it begins with are copies of this one. */
  readonly before: string | null;
  readonly now?: number;
}

export function csv(series: CandleSeries): string {
  const { openTime, open, high, low, close, volume } = series;
  const rows = Array.from(openTime, (t, i) => [t, open[i], high[i], low[i], close[i], volume[i]].join());
  return ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n");
}

const walk = (seed: number, rows: number, symbol: string): CandleSeries =>
  syntheticCandles({ seed, rows, start: START, symbol });

const GRID = ["--timeframes", "5m,30m,1h,4h", "--horizons", "1h,2h"];

/** Writes candle files into `folder`: two symbols, one that an encoder is fitted on, and corrections of the first. */
export function writeFiles(folder: string): Readonly<Record<"one" | "two" | "fit" | "fix", string>> {
  const first = walk(3, 1_800, "ONE");
  const high = first.high.map((x) => x * 1.5);
  const write = (name: string, series: CandleSeries): string => {
    const file = join(folder, name);
    writeFileSync(file, csv(series));
    return file;
  };
  return {
    one: write("ONE-5m.csv", first),
    two: write("TWO-5m.csv", walk(4, 1_500, "TWO")),
    fit: write("FIT-5m.csv", walk(5, 1_260, "FIT")),
    fix: write("fix.csv", sliceRows({ ...first, high }, 1_400, 1_440)),
  };
}

/** The kinds of run that the faults meet: begin, a fitting with the memory open, corrections that come late. */
export async function workloads(folder: string): Promise<readonly Workload[]> {
  const files = writeFiles(folder);
  const before = join(folder, "before");
  const one = ["remember", files.one, ...GRID, "--quiet"];
  const { code, stderr } = await rhyme([...one, "--memory", before], { now: CLOCK });
  if (code !== 0) throw new Error(stderr);
  const fix = ["remember", files.fix, "--symbol", "ONE", "--timeframe", "5m", ...GRID, "--quiet"];
  return [
    { name: "begin", args: ["remember", files.one, files.two, ...GRID, "--quiet"], before: null },
    { name: "fit", args: ["remember", files.fit, "--horizons", "1h", "--quiet"], before },
    { name: "fix", args: fix, before, now: CLOCK },
  ];
}
