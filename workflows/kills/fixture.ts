import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { writeEncoderFolder } from "../../src/lib/adapters/artefacts/encoder-folder.ts";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import type { TruthDigest } from "../../src/lib/adapters/sqlite/digest.ts";
import { byTimeframe } from "../../src/lib/candles/resample.ts";
import { sageFamily } from "../../src/lib/encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../../src/lib/features/feature-sets.ts";
import { featureTables } from "../../src/lib/features/feature-table.ts";
import { defaultDesign } from "../../src/lib/graph/design.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { DAY } from "../../src/lib/time/units.ts";
import type { BackfillJob } from "../job.ts";
import type { Wanted } from "../job-folder.ts";

const START = Date.UTC(2021, 0, 4);
/** When its jobs are made: the same for all, so that all memories may end with the same bytes. */
export const NOW = Date.UTC(2026, 0, 1);

/** Kinds of activities that a backfill consists of, where nothing fails. */
export const KINDS: readonly string[] = [
  ...["chooseEncoder", "commitChunk", "encodeChunk", "endJob", "growRecord"],
  ...["ingestSeries", "labelHorizon", "openJob", "seriesName"],
];

export interface SyntheticJob {
  readonly rows?: number;
  readonly symbols?: readonly string[];
  readonly chunk?: number;
}

/** A backfill of seeded walks, with an encoder that nobody has fitted. @param at a folder for its files */
export async function syntheticJob(
  at: string,
  { rows = 2_000, symbols = ["AAA", "BBB"], chunk = 800 }: SyntheticJob = {},
): Promise<Wanted<BackfillJob>> {
  const timeframes = ["5m", "15m"];
  const featureSet = featureSetByName("candle16");
  const known = syntheticCandles({ seed: 99, rows: 1_500, start: START - 365 * DAY });
  const encoder = sageFamily.untrained([featureTables(featureSet, byTimeframe(known, timeframes))], {
    ...{ design: defaultDesign(timeframes), featureSet, hidden: 8, dim: 8 },
  });
  await writeEncoderFolder(path.join(at, "encoder"), encoder);
  const files = symbols.map((symbol, i) => {
    const file = path.join(at, `${symbol}_5m.csv`);
    writeFileSync(file, csvOf(syntheticCandles({ seed: i + 1, rows, symbol, start: START })));
    return file;
  });
  const wish = { encoder: path.join(at, "encoder"), fitUntil: null, features: null };
  return backfillJob({ symbols, files, timeframes, horizons: ["1h", "4h"], wish, chunk });
}

/** Six histories of real candles. */
const REAL = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT", "BNBUSDT.P"] as const;

/**
 * A backfill of the last `rows` candles of six real histories, with the shipped encoder.
 * @param data $RHYME_DATA
 */
export function realJob(at: string, data: string, rows: number): Wanted<BackfillJob> {
  const symbols = REAL.map((symbol) => symbol);
  const files = symbols.map((symbol) => {
    const [head, ...lines] = gunzipSync(readFileSync(path.join(data, "crypto", `${symbol}-5m.csv.gz`)))
      .toString("utf8")
      .trimEnd()
      .split("\n");
    const file = path.join(at, `${symbol}-5m.csv.gz`);
    writeFileSync(file, gzipSync([head, ...lines.slice(-rows), ""].join("\n")));
    return file;
  });
  const wish = { encoder: null, fitUntil: null, features: null };
  const timeframes = ["5m", "30m", "1h", "4h"];
  return backfillJob({ symbols, files, timeframes, horizons: ["4h"], wish, chunk: 500 });
}

function backfillJob({
  symbols,
  files,
  ...rest
}: Pick<BackfillJob, "timeframes" | "horizons" | "wish" | "chunk"> & {
  readonly symbols: readonly string[];
  readonly files: readonly string[];
}): Wanted<BackfillJob> {
  return {
    ...{ kind: "backfill", tenant: "default", given: {}, calendars: [], backend: "arrays", index: null },
    ...rest,
    series: symbols.map((symbol, i) => ({
      ...{ symbol, timeframe: "5m" },
      origin: { kind: "files", files: [files[i]!], reading: {}, strict: false },
    })),
  };
}

type Columns = "openTime" | "open" | "high" | "low" | "close" | "volume";

function csvOf(series: Readonly<Record<Columns, Float64Array>>): string {
  const columns: readonly Columns[] = ["openTime", "open", "high", "low", "close", "volume"];
  const lines = Array.from(series.openTime, (_, row) => columns.map((name) => series[name][row]).join());
  return ["timestamp,open,high,low,close,volume", ...lines, ""].join("\n");
}

/** What a memory holds in the end. */
export function truthOf(memory: string): TruthDigest {
  const folder = openMemoryFolder(memory, { mode: "read" });
  try {
    return folder.digest();
  } finally {
    folder.close();
  }
}
