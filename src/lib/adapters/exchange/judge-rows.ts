import { assembleCandles } from "../../candles/assemble-candles.ts";
import type { CandleSeries, SeriesKey } from "../../candles/candle-series.ts";
import type { Finding } from "../../candles/finding.ts";
import { makeSeries } from "../../candles/make-series.ts";
import type { RawCandles } from "../../candles/raw-candles.ts";
import type { Calendar } from "../../time/calendar.ts";
import type { DurationMs, EpochMs } from "../../time/units.ts";
import type { HeardRow } from "./exchange-connection.ts";

export interface JudgeOptions extends SeriesKey {
  readonly calendar: Calendar;
  /** A bar that is not known by then is still forming. */
  readonly now: EpochMs;
  readonly lagMs: DurationMs;
  /** What findings call the page. */
  readonly page: string;
}

export interface JudgedRows {
  readonly series: CandleSeries;
  readonly findings: readonly Finding[];
}

const [TIME, OPEN, HIGH, LOW, CLOSE, VOLUME] = [0, 1, 2, 3, 4, 5];

/** Judges rows of an exchange as those of a file are; rows that are no candle are named by what stands in them. */
export function judgeRows(rows: readonly HeardRow[], options: JudgeOptions): JudgedRows {
  const { page, source, symbol, timeframe, calendar, now, lagMs } = options;
  const readable = rows.map(({ read }) => isCandle(read));
  const findings = rows.flatMap((row, i) => (readable[i] ? [] : [unreadable(row, i, page)]));
  const line = Int32Array.from(rows.keys()).filter((i) => readable[i]!);
  if (line.length === 0)
    return { series: makeSeries({ source, symbol, timeframe, calendar, ...NOTHING }), findings };
  const raw = rawOf(rows, line, page);
  const how = { source, symbol, timeframe, calendar, stamp: "open", lagMs, now } as const;
  const assembled = assembleCandles(raw, how);
  // A page with nothing but the forming bar is no defect, as a file would be.
  const found = assembled.findings.filter(({ kind }) => kind !== "no-candles");
  return { series: assembled.series, findings: [...findings, ...found] };
}

const NOTHING = { openTime: [], open: [], high: [], low: [], close: [] };

/** Prices that are numbers may still be no prices: that is judged later. */
function isCandle(read: HeardRow["read"]): boolean {
  return Number.isSafeInteger(read[TIME]) && [OPEN, HIGH, LOW, CLOSE].every((at) => read[at] !== undefined);
}

function unreadable({ said, read }: HeardRow, i: number, file: string): Finding {
  const time = Number.isSafeInteger(read[TIME]) ? read[TIME]! : null;
  const value = (JSON.stringify(said) ?? String(said)).slice(0, 60);
  return { kind: "unparsable-line", file, line: i + 1, time, value, count: 1, done: "dropped" };
}

/** A row without a volume has none, as an empty cell of a file. */
function rawOf(rows: readonly HeardRow[], line: Int32Array, page: string): RawCandles {
  const column = (at: number): Float64Array => Float64Array.from(line, (i) => rows[i]!.read[at] ?? 0);
  return {
    ...{ files: [page], file: new Int32Array(line.length), line: line.map((i) => i + 1) },
    ...{ stamp: column(TIME), dated: new Uint8Array(line.length) },
    ...{ open: column(OPEN), high: column(HIGH), low: column(LOW), close: column(CLOSE) },
    ...{ volume: column(VOLUME), trades: null, vwap: null, forming: null },
  };
}
