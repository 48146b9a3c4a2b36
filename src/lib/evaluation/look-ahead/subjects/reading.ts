import { candlesFromColumns } from "../../../adapters/files/columns-table.ts";
import { assembleCandles } from "../../../candles/assemble-candles.ts";
import type { CandleSeries } from "../../../candles/candle-series.ts";
import { firmKnownAt } from "../../../candles/firm-known-at.ts";
import { REPAIRABLE_KINDS } from "../../../candles/repairs.ts";
import type { RawCandles } from "../../../candles/raw-candles.ts";
import { RhymeError } from "../../../errors.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { Stated } from "../stated.ts";
import type { CandlesSubject, Setting, Subject } from "../subject.ts";
import { baseOf, MANY } from "./stating.ts";

/** After all candles: nothing is taken for a bar that still forms. */
const NOW: EpochMs = Date.UTC(2200, 0, 1);

/** Lines of a file as they would have been written, one when its row became known: L lines. */
interface Lines {
  readonly row: Int32Array; // [L] of the series
  readonly price: readonly (readonly [open: number, high: number, low: number, close: number])[]; // [L]
  readonly volume: Float64Array; // [L]
  readonly knownAt: Float64Array; // [L]
}

/**
 * Rows of a series with defects among them, each decided by the row's own number: a line twice, another price for the
 * same bar, a decimal point lost, a high below its low, a negative volume.
 */
function linesOf(series: CandleSeries, seed: number): Lines {
  const { open, high, low, close, volume } = series;
  const firm = firmKnownAt(series);
  const row: number[] = [];
  const price: (readonly [number, number, number, number])[] = [];
  const traded: number[] = [];
  const add = (i: number, factor: number, volumeOf = volume[i]!): void => {
    row.push(i);
    price.push([open[i]!, high[i]! * factor, low[i]!, close[i]!]);
    traded.push(volumeOf);
  };
  for (let i = 0; i < firm.length; i++) {
    const defect = (i + seed) % 17;
    if (defect === 3) add(i, 100);
    else if (defect === 6) add(i, 0.5);
    else if (defect === 9) add(i, 1, -1);
    else add(i, 1);
    if (defect === 12) add(i, 1);
    if (defect === 15) add(i, 1.001);
  }
  return {
    row: Int32Array.from(row),
    price,
    volume: Float64Array.from(traded),
    knownAt: Float64Array.from(row, (i) => firm[i]!),
  };
}

function rawOf(series: CandleSeries, lines: Lines): RawCandles {
  const { row, price, volume, knownAt } = lines;
  const column = (k: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(price, (four) => four[k]);
  return {
    files: ["lines"],
    file: new Int32Array(row.length),
    line: Int32Array.from(row, (_, i) => i + 1),
    stamp: Float64Array.from(row, (i) => series.openTime[i]!),
    dated: new Uint8Array(row.length),
    ...{ open: column(0), high: column(1), low: column(2), close: column(3) },
    ...{ volume, trades: null, vwap: null, forming: null, knownAt },
  };
}

/**
 * The lines that were kept, as candles: which ones, and with what, no later line decides. And when the reader takes each
 * to be known, where that is its close: a lag is not told in the lines.
 */
function statedKept(
  kept: CandleSeries,
  rows: Int32Array,
  { knownAt, row }: Lines,
  base: CandleSeries,
): Stated {
  const { openTime, closeTime, open, high, low, close, volume } = kept;
  const about = { key: openTime, knownAt: Float64Array.from(rows, (line) => knownAt[line]!) };
  const bars = Array.from(rows, (line, i) => [
    line,
    closeTime[i]!,
    open[i]!,
    high[i]!,
    low[i]!,
    close[i]!,
    volume[i]!,
  ]);
  const said = kept.knownAt.map((known, i) => {
    const own = row[rows[i]!]!;
    return base.knownAt[own] === base.closeTime[own] ? known : NaN;
  });
  return [
    { name: "kept lines", ...about, values: Float64Array.from(bars.flat()) },
    { name: "known at", key: openTime, knownAt: said, values: closeTime },
  ];
}

/** A file that is refused as a whole states nothing. */
function unlessRefused(read: () => Stated): Stated {
  try {
    return read();
  } catch (error) {
    if (error instanceof RhymeError) return [];
    throw error;
  }
}

const assembling: CandlesSubject = {
  name: "candles/assemble",
  covers: ["assembleCandles", "makeSeries"],
  takes: "candles",
  every: 16,
  instants: MANY,
  run: (candles, setting) => unlessRefused(() => assembled(baseOf(candles, setting), setting)),
};

function assembled(base: CandleSeries, { seed }: Setting): Stated {
  const lines = linesOf(base, seed);
  const { source, symbol, timeframe, calendar } = base;
  const how = { source, symbol, timeframe, calendar, stamp: "open", lagMs: 0, now: NOW } as const;
  const made = assembleCandles(rawOf(base, lines), {
    ...how,
    repair: seed % 2 === 0 ? REPAIRABLE_KINDS : [],
  });
  return statedKept(made.series, made.rows, lines, base);
}

const columns: CandlesSubject = {
  name: "files/columns",
  covers: ["candlesFromColumns"],
  takes: "candles",
  every: 50,
  instants: MANY,
  run: (candles, setting) => unlessRefused(() => readColumns(baseOf(candles, setting), setting)),
};

/** As plain arrays, stamped with closes where the seed says so. */
function readColumns(base: CandleSeries, { seed }: Setting): Stated {
  const lines = linesOf(base, seed);
  const stamp = seed % 2 === 0 ? "open" : "close";
  const stamps = stamp === "open" ? base.openTime : base.closeTime;
  const four = (k: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(lines.price, (prices) => prices[k]);
  const { timeframe, calendar } = base;
  const made = candlesFromColumns(
    {
      timestamp: Array.from(lines.row, (i) => new Date(stamps[i]!)), // which no guess about units touches
      ...{ open: four(0), high: four(1), low: four(2), close: four(3), volume: lines.volume },
    },
    { timeframe, calendar, stamp, now: NOW },
  );
  return statedKept(made.series, made.rows, lines, base);
}

export const READING_SUBJECTS: readonly Subject[] = [assembling, columns];
