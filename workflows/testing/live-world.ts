import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { growRecord } from "../../src/lib/adapters/folder/grow-record.ts";
import { keepEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import { openMemoryFolder, type MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { keyOf, rowsOf, type CandleSeries, type SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { byTimeframe } from "../../src/lib/candles/resample.ts";
import { sliceRows } from "../../src/lib/candles/slice.ts";
import type { Encoder } from "../../src/lib/encoder/encoder.ts";
import { sageFamily } from "../../src/lib/encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../../src/lib/features/feature-sets.ts";
import { featureTables } from "../../src/lib/features/feature-table.ts";
import { defaultDesign } from "../../src/lib/graph/design.ts";
import { remember } from "../../src/lib/remember/remember.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { DAY } from "../../src/lib/time/units.ts";
import { keepJob } from "../job-folder.ts";
import type { LiveJob, SeriesRef } from "../job.ts";

/** A market whose candles close one after the other into files of a folder, and the memory that follows it. */
export interface LiveWorld {
  readonly memory: string;
  readonly folder: string;
  readonly encoder: Encoder;
  readonly series: readonly CandleSeries[];
  readonly job: Omit<LiveJob, "now">;
  /** Of one series of the job. */
  ref(series: number): SeriesRef;
  /** Adds rows [from, to) to the file of a series. */
  append(series: number, from: number, to: number): void;
  /** Writes rows [from, to) anew in the file of their series, with other figures. */
  rewrite(as: CandleSeries, from: number, to: number): void;
}

export interface LiveWorldOptions {
  readonly path: string;
  readonly symbols?: readonly string[];
  /** Rows that are remembered before the market is followed; one more for each that closes. */
  readonly history: number;
  readonly rows: number;
  readonly patienceMs?: number;
  readonly everyMs?: number;
  readonly source?: string;
  readonly index?: string | null;
  readonly channel?: string;
  readonly timeframes?: readonly string[];
  readonly horizons?: readonly string[];
  readonly widths?: { readonly hidden: number; readonly dim: number };
}

const START = Date.UTC(2021, 0, 4);

/** A random encoder, a memory with the history of every symbol, and a folder with a file for each. */
export async function liveWorld(options: LiveWorldOptions): Promise<LiveWorld> {
  const { path: at, history, rows, symbols = ["AAA"], index = null, source = "file" } = options;
  const { timeframes = ["5m", "15m"], horizons = ["20m", "1h"], widths = { hidden: 8, dim: 8 } } = options;
  const series = symbols.map((symbol, seed) =>
    syntheticCandles({ seed: seed + 1, rows, symbol, source, start: START }),
  );
  const featureSet = featureSetByName("candle16");
  const known = syntheticCandles({ seed: 99, rows: 3_000, start: START - 365 * DAY });
  const encoder = sageFamily.untrained([featureTables(featureSet, byTimeframe(known, timeframes))], {
    ...{ design: defaultDesign(timeframes), featureSet, ...widths },
  });
  const [memory, folder] = [path.join(at, "memory"), path.join(at, "candles")];
  mkdirSync(folder, { recursive: true });
  const { patienceMs = 0, everyMs = 60_000 } = options;
  const { channel } = options;
  const through = channel === undefined ? {} : { channel };
  const job = jobOf(series, folder, encoder, { horizons, index, patienceMs, everyMs, ...through });
  const world = { memory, folder, encoder, series, job };
  const append = (which: number, from: number, to: number): void =>
    appendFileSync(fileOf(folder, series[which]!), linesOf(series[which]!, from, to));
  const rewrite = (as: CandleSeries, from: number, to: number): void => {
    const file = fileOf(folder, as);
    const lines = readFileSync(file, "utf8").split("\n");
    lines.splice(from + 1, to - from, ...linesOf(as, from, to).trimEnd().split("\n"));
    writeFileSync(file, lines.join("\n"));
  };
  for (const [which, one] of series.entries()) {
    writeFileSync(fileOf(folder, one), "timestamp,open,high,low,close,volume\n");
    append(which, 0, history);
  }
  await rememberAll(memory, world, history);
  const { job: id } = keepJob<LiveJob>(memory, job, START);
  return { ...world, ref: (which) => ({ memory, job: id, series: which }), append, rewrite };
}

function jobOf(
  series: readonly CandleSeries[],
  folder: string,
  encoder: Encoder,
  how: Pick<LiveJob, "horizons" | "index" | "patienceMs" | "everyMs" | "channel">,
): LiveWorld["job"] {
  return {
    ...{ kind: "live", tenant: "default", given: {}, calendars: [], encoder: encoder.version, ...how },
    series: series.map((one) => ({ ...keyOf(one), origin: { kind: "folder", folder, reading: {} } })),
    ask: { horizon: how.horizons.at(-1)!, k: 5 },
  };
}

/** What a memory holds that remembers the first `rows` candles of every series at once, with its records. */
export async function rememberAll(
  memory: string,
  { encoder, series, job }: Pick<LiveWorld, "encoder" | "series" | "job">,
  rows: number,
): Promise<void> {
  const folder = openMemoryFolder(memory, { mode: "write" });
  try {
    keepEncoder(folder, encoder);
    for (const one of series)
      await rememberOne(folder, encoder, sliceRows(one, 0, Math.min(rows, rowsOf(one))), job);
    for (const { calendar, ...one } of series)
      await growRecord(folder, {
        ...{ memory: folder.memory(job.tenant, encoder), encoder, key: keyOf(one), calendar },
        ...{ horizon: job.ask.horizon, tenant: job.tenant, signal: new AbortController().signal },
      });
  } finally {
    folder.close();
  }
}

async function rememberOne(
  folder: MemoryFolder,
  encoder: Encoder,
  candles: CandleSeries,
  { tenant, horizons }: LiveWorld["job"],
): Promise<void> {
  folder.candles.write(candles, START);
  await remember(folder.candles, folder.memory(tenant, encoder), encoder, keyOf(candles), { horizons });
}

function fileOf(folder: string, { symbol, timeframe }: SeriesKey): string {
  return path.join(folder, `${symbol}_${timeframe}.csv`);
}

function linesOf(
  { openTime, open, high, low, close, volume }: CandleSeries,
  from: number,
  to: number,
): string {
  let lines = "";
  for (let row = from; row < to; row++)
    lines += `${openTime[row]},${open[row]},${high[row]},${low[row]},${close[row]},${volume[row]}\n`;
  return lines;
}
