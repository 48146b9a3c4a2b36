import { assembleCandles } from "../../candles/assemble-candles.ts";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { joinRaw, takeRaw, type RawCandles } from "../../candles/raw-candles.ts";
import type { Rng } from "../../math/rng.ts";

/** The series as the project's own reader makes it from a file of these candles. */
export function readAsFile(
  series: CandleSeries,
  { stamp, untidy, rng }: { readonly stamp: "open" | "close"; readonly untidy: boolean; readonly rng: Rng },
): CandleSeries {
  const raw = rawOf(series, stamp);
  const given = untidy ? sentTwice(raw, rng) : raw;
  const { source, symbol, timeframe, calendar } = series;
  const read = assembleCandles(given, {
    ...{ source, symbol, timeframe, calendar, stamp },
    ...{ lagMs: 0, now: Infinity },
  });
  return read.series;
}

function rawOf(series: CandleSeries, stamp: "open" | "close"): RawCandles {
  const { openTime, closeTime, knownAt, open, high, low, close, volume, trades, vwap, spread } = series;
  const R = openTime.length;
  return {
    files: ["candles.csv"],
    file: new Int32Array(R),
    line: Int32Array.from({ length: R }, (_, i) => i + 2),
    stamp: stamp === "open" ? openTime : closeTime,
    dated: new Uint8Array(R),
    ...{ open, high, low, close, volume, knownAt },
    ...{ trades: trades ?? null, vwap: vwap ?? null, spread: spread ?? null, forming: null },
  };
}

/** Every row once, some of them once more, in no order. */
function sentTwice(raw: RawCandles, rng: Rng): RawCandles {
  const R = raw.stamp.length;
  const again = Int32Array.from({ length: R }, (_, row) => row).filter(() => rng.int(3) === 0);
  const all = joinRaw([raw, takeRaw(raw, again)]);
  const rows = Int32Array.from({ length: R + again.length }, (_, row) => row);
  for (let i = rows.length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  return takeRaw(all, rows);
}
