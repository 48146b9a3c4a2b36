import { writeFileSync } from "node:fs";
import path from "node:path";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";

/** Generated 5m candles of each symbol in a file of its own, `SYMBOL-5m.csv`; the same for a symbol wherever it is asked. */
export function writeCandleFiles(
  folder: string,
  symbols: readonly string[],
  rows: number,
): readonly string[] {
  return symbols.map((symbol) => {
    const seed = [...symbol].reduce((sum, letter) => 31 * sum + letter.charCodeAt(0), 7) % 1_000_003;
    const { openTime, open, high, low, close, volume } = syntheticCandles({
      seed,
      rows: Math.max(1, rows),
      symbol,
    });
    const lines = ["open_time,open,high,low,close,volume"];
    for (let i = 0; i < rows; i++)
      lines.push([openTime[i], open[i], high[i], low[i], close[i], volume[i]].join(","));
    const file = path.join(folder, `${symbol}-5m.csv`);
    writeFileSync(file, `${lines.join("\n")}\n`);
    return file;
  });
}
