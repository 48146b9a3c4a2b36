import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { heldGroups, readGroups, type ReadGroup } from "../../lib/adapters/folder/read-groups.ts";
import { withMemory } from "../../lib/adapters/folder/with-memory.ts";
import type { CandleSeries } from "../../lib/candles/candle-series.ts";
import { RhymeError } from "../../lib/errors.ts";
import { readingOptions, type CandleOptions } from "../candle-options.ts";
import { interruptSignal } from "../interrupt.ts";
import type { Ui } from "../ui.ts";
import { workOn } from "../work-on.ts";

export interface CandlesToFit extends CandleOptions {
  readonly from?: string;
  readonly memory?: string;
  readonly symbols?: readonly string[];
}

const CANDLE_FILE = /\.(csv|csv\.gz|parquet)$/i;

/**
 * Candles of a file, of all files of a folder, or of a memory, in the finest of `timeframes`.
 * @throws RhymeError "usage" for both, neither, or none of the symbols that are named
 */
export async function candlesToFit(
  options: CandlesToFit,
  timeframes: readonly string[] | undefined,
  ui: Ui,
): Promise<readonly CandleSeries[]> {
  const { from, memory, symbols } = options;
  if ((from === undefined) === (memory === undefined))
    throw usage("--from, --memory", "one of the two", from === undefined ? "neither" : "both");
  const groups =
    memory === undefined
      ? await readFrom(from!, options, timeframes, ui)
      : await withMemory(memory, (folder) =>
          heldGroups(
            folder,
            timeframesOf(timeframes ?? (options.timeframe ? [options.timeframe] : undefined)),
          ),
        );
  const series = groups
    .map(({ read }) => read.series)
    .filter(({ symbol }) => symbols === undefined || symbols.includes(symbol));
  if (series.length > 0) return series;
  const held = groups.map(({ read }) => read.series.symbol).join(", ");
  throw usage("--symbols", `some of ${held}`, symbols?.join(", ") ?? "none");
}

async function readFrom(
  from: string,
  options: CandlesToFit,
  timeframes: readonly string[] | undefined,
  ui: Ui,
): Promise<readonly ReadGroup[]> {
  const { end, onProgress } = workOn(ui, interruptSignal());
  const groups = await readGroups(filesAt(from), {
    reading: (file) => readingOptions(options, file),
    strict: options.strict === true,
    onProgress,
    ...timeframesOf(timeframes),
  });
  end();
  for (const { files, read } of groups)
    for (const assumption of read.assumptions)
      ui.note(`${path.basename(files[0]!)} read with: ${assumption}`);
  return groups;
}

function timeframesOf(timeframes: readonly string[] | undefined): {
  readonly timeframes?: readonly string[];
} {
  return timeframes === undefined ? {} : { timeframes };
}

/** A file as it is named; of a folder what looks like candles, in the order of their names. */
function filesAt(from: string): readonly string[] {
  if (!statSync(from).isDirectory()) return [from];
  const files = readdirSync(from)
    .filter((name) => CANDLE_FILE.test(name))
    .sort()
    .map((name) => path.join(from, name));
  if (files.length > 0) return files;
  throw usage("--from", "a folder with .csv, .csv.gz or .parquet files", `${from}, without any`);
}

function usage(place: string, expected: string, received: string): RhymeError {
  return new RhymeError("usage", {
    place,
    expected,
    received,
    remedy: "./rhyme encoder fit --help has examples.",
  });
}
