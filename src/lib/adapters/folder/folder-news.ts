import { readdirSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { nameOfFile, readCandles, type ReadCandlesOptions } from "../files/read-candles.ts";
import { rowsOf, type CandleSeries } from "../../candles/candle-series.ts";
import type { FindingKind } from "../../candles/finding.ts";
import { takeRows } from "../../candles/slice.ts";

/** A line that is not ended may still be written; after this long it is taken for the last one of its file. */
const SETTLED_MS = 2_000;

/** Rows that are none yet, but become bars as time goes by. */
const LEFT_OUT: readonly FindingKind[] = ["forming-bar", "future-stamp"];

/** A file as it was read last. */
interface Seen {
  /** null: of rows that were left out the same bytes may say more later. */
  readonly stamp: string | null;
  readonly series: CandleSeries;
}

/** Rows of one file that are new or say something else than before. */
export interface FileNews {
  readonly file: string;
  readonly series: CandleSeries;
  readonly findings: number;
  /** Nobody here has read the file before: all of it is news, whatever it said by then. */
  readonly isFirst: boolean;
  /** To be called once the rows are stored: they are news no more. */
  readonly stored: () => void;
}

/**
 * The candle files of one series in a folder, which grow, are written anew, and join each other. A file that has not
 * changed is not read, unless its newest bar was still forming; of one that is, the rows that differ from what was read
 * before are news. Memory holds what was read, so that the first look after a start is the long one.
 */
export class FolderNews {
  readonly #seen = new Map<string, Seen>();

  /** @throws RhymeError "input" as readCandles, where a file is none of candles */
  async *look(
    folder: string,
    symbol: string,
    timeframe: string,
    reading: ReadCandlesOptions,
  ): AsyncGenerator<FileNews> {
    for (const file of filesOf(folder, symbol, timeframe)) {
      const stamp = stampOf(file);
      const before = this.#seen.get(file);
      if (before?.stamp === stamp || (await isUnfinished(file, reading.now))) continue;
      const { series, findings } = await readCandles([file], { ...reading, symbol, timeframe });
      if (stampOf(file) !== stamp) continue; // it grew meanwhile, and may end in half a line: the next look reads it
      const news = before ? differing(series, before.series) : series;
      const isWhole = !findings.some(({ kind }) => LEFT_OUT.includes(kind));
      const stored = (): void => void this.#seen.set(file, { stamp: isWhole ? stamp : null, series });
      if (rowsOf(news) > 0) yield { file, series: news, findings: findings.length, isFirst: !before, stored };
      else stored();
    }
  }
}

/** Oldest names first. */
function filesOf(folder: string, symbol: string, timeframe: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => isFileOf(name, { symbol, timeframe }))
    .sort()
    .map((name) => path.join(folder, name));
}

/**
 * Whether the candles of a series are in a file of that name. A hidden one is being written, as one is whose name does
 * not end as that of a candle file.
 */
export function isFileOf(
  name: string,
  { symbol, timeframe }: { readonly symbol: string; readonly timeframe: string },
): boolean {
  if (name.startsWith(".") || !/\.(csv|tsv|txt|parquet|pq)(\.gz)?$/i.test(name)) return false;
  const said = nameOfFile(name);
  return said.symbol === symbol && (said.timeframe ?? timeframe) === timeframe;
}

function stampOf(file: string): string {
  const { size, mtimeMs, ino } = statSync(file);
  return `${size} ${mtimeMs} ${ino}`;
}

/** Whether the last line of a text may still be written: half a price is a price. */
async function isUnfinished(file: string, now: number): Promise<boolean> {
  if (!/\.(csv|txt|tsv)$/i.test(file)) return false;
  const handle = await open(file);
  try {
    const { size, mtimeMs } = await handle.stat();
    if (size === 0) return true;
    const last = new Uint8Array(1);
    await handle.read(last, 0, 1, size - 1);
    return last[0] !== 10 && now - mtimeMs < SETTLED_MS;
  } finally {
    await handle.close();
  }
}

const VALUES = ["closeTime", "knownAt", "open", "high", "low", "close", "volume"] as const;
const OPTIONAL = ["trades", "vwap", "spread"] as const;

/** Rows that `before` has not, or otherwise. */
function differing(series: CandleSeries, before: CandleSeries): CandleSeries {
  const rows: number[] = [];
  for (let row = 0, old = 0; row < rowsOf(series); row++) {
    const open = series.openTime[row]!;
    while (before.openTime[old]! < open) old++;
    const same =
      before.openTime[old] === open &&
      VALUES.every((name) => series[name][row] === before[name][old]) &&
      OPTIONAL.every((name) => Object.is(series[name]?.[row] ?? NaN, before[name]?.[old] ?? NaN));
    if (!same) rows.push(row);
  }
  return takeRows(series, Int32Array.from(rows));
}
