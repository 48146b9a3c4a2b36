import { assembleCandles, type AssembledCandles, type AssembleOptions } from "../candles/assemble-candles.ts";
import type { Finding } from "../candles/finding.ts";
import type { RawCandles } from "../candles/raw-candles.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";

const M5 = 300_000;

/** [slot of 5 minutes, open, high, low, close, volume]; the first stands on line 2. */
export type RawRow = readonly [number, number, number, number, number, number];

/** Rows as a file would give them. */
export function rawOf(rows: readonly RawRow[], file = "a.csv"): RawCandles {
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]!);
  return {
    files: [file],
    file: new Int32Array(rows.length),
    line: Int32Array.from(rows, (_, i) => i + 2),
    stamp: column(0).map((slot) => slot * M5),
    dated: new Uint8Array(rows.length),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    trades: null,
    vwap: null,
    forming: null,
  };
}

/** Judged as 5m candles of a market that never closes. */
export function assembleRows(
  rows: readonly RawRow[],
  options: Partial<AssembleOptions> = {},
): AssembledCandles {
  const usual = {
    source: "test",
    symbol: "T",
    timeframe: "5m",
    calendar: calendar24x7,
    stamp: "open",
  } as const;
  return assembleCandles(rawOf(rows), { ...usual, lagMs: 0, now: 1e13, ...options });
}

/** Rows of a quiet market around `price`: each opens a little off the close before. */
export function quietRows(count: number, price = 100, from = 0): RawRow[] {
  return Array.from({ length: count }, (_, i) => {
    const at = (k: number): number => price * (1 + 0.001 * Math.sin(1.7 * k));
    const [open, close] = [at(i + 0.3), at(i + 1)];
    const range = 0.0005 * price;
    return [from + i, open, Math.max(open, close) + range, Math.min(open, close) - range, close, 5 + (i % 7)];
  });
}

/** Findings in short, one line each. */
export function inShort(findings: readonly Finding[]): string[] {
  return findings.map(({ kind, line, count, done }) => `${kind} :${line} ×${count} ${done}`);
}
