import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pl from "nodejs-polars";
import { readCandles } from "../../src/lib/adapters/files/read-candles.ts";
import { qualityReport } from "../../src/lib/candles/quality-report.ts";
import { byTimeframe } from "../../src/lib/candles/resample.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { digits, median, peakRssMb, timed, type BenchWork } from "../row.ts";

const ROWS = 1_000_000;
const TIMEFRAMES = ["1m", "5m", "30m", "1h", "4h"];

/** From a file to judged candles of five timeframes, beside what polars needs to read the same file alone. */
export const readFile: BenchWork = {
  name: "read-candles",
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), "rhyme-bench-"));
    try {
      const path = join(folder, "S-1m.csv");
      writeFileSync(path, csvOf(ROWS));
      const now = Date.UTC(2030, 0, 1);
      const ours = await timed(5, async () => {
        const { series, ledger, findings } = await readCandles([path], { now });
        qualityReport(series, ledger, findings);
        byTimeframe(series, TIMEFRAMES);
      });
      const theirs = await timed(5, () => pl.readCSV(path));
      const ratio = median(theirs) / median(ours);
      return [
        {
          work: `read, check and resample ${ROWS.toLocaleString("en")} one-minute candles`,
          ours: digits(median(ours)),
          theirs: digits(median(theirs)),
          unit: "ms",
          against: "polars reading the same CSV",
          ratio: digits(ratio),
          target: "≤ 4 × its time",
          ok: ratio >= 0.25,
          notes: `${digits(1 / ratio)} × its time; ${Math.round(statSync(path).size / 1e6)} MB of CSV; resampled to ${TIMEFRAMES.slice(1).join(", ")}; peak RSS ${peakRssMb()} MB`,
        },
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function csvOf(rows: number): string {
  const candles = syntheticCandles({ seed: 1, rows, timeframe: "1m" });
  const { openTime, open, high, low, close, volume } = candles;
  const lines = ["timestamp,open,high,low,close,volume"];
  const price = (x: number): string => x.toFixed(2);
  for (let i = 0; i < rows; i++)
    lines.push(
      `${openTime[i]!},${price(open[i]!)},${price(high[i]!)},${price(low[i]!)},${price(close[i]!)},${volume[i]!.toFixed(3)}`,
    );
  return `${lines.join("\n")}\n`;
}
