import type { Command } from "commander";
import { lookAheadFile } from "../../lib/adapters/look-ahead/look-ahead.ts";
import { lookAheadText } from "../../lib/adapters/look-ahead/look-ahead-text.ts";
import { RhymeError } from "../../lib/errors.ts";
import { compareTimeframes, nests, type Timeframe } from "../../lib/time/timeframe.ts";
import { addCandleOptions, listOf, numberOf, readingOptions, type CandleOptions } from "../candle-options.ts";
import { EXIT } from "../errors.ts";
import { beginsAnew, interruptSignal } from "../interrupt.ts";
import { loadedCalendars } from "../load-calendars.ts";
import { readGroups } from "../../lib/adapters/folder/read-groups.ts";
import { createUi, type Progress, type Ui } from "../ui.ts";
import { workOn } from "../work-on.ts";

export interface FileOptions extends CandleOptions {
  readonly candles?: readonly string[];
  readonly timeframes?: readonly Timeframe[];
  readonly only?: readonly string[];
  readonly instants?: number;
  readonly tolerance?: number;
  readonly timeout?: number;
  readonly memoryLimit?: number;
  readonly seed?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What candles are given to a function that does not say which timeframes it reads. */
const USUAL: readonly Timeframe[] = ["5m", "15m", "30m", "1h", "4h", "1d"];

/** The options of `./rhyme look-ahead FILE`. */
export function addFileOptions(command: Command): Command {
  command
    .option("--candles <file...>", "CSV, CSV.gz or Parquet that FILE's functions are tried on")
    .option(
      "--timeframes <list>",
      `what they are given (default: of ${USUAL.join()} what fits)`,
      listOf("--timeframes"),
    )
    .option("--only <names>", "these functions of FILE", listOf("--only"))
    .option("--instants <n>", "where candles are cut (default: 100)", numberOf("--instants", 1))
    .option("--tolerance <ratio>", "by which values may differ (default: 0)", numberOf("--tolerance"))
    .option("--timeout <seconds>", "after which a call never ends (default: 60)", secondsOf)
    .option("--memory-limit <MB>", "of a function (default: 2048)", numberOf("--memory-limit", 64))
    .option("--symbol <name>", "of the candles (default: from their file's name)")
    .option("--timeframe <name>", "of the candles (default: their commonest step)");
  return addCandleOptions(command);
}

/** `60`, `60s`, `500ms`, `2m`. */
function secondsOf(text: string): number {
  const [, digits, unit = "s"] = /^\s*([\d.]+)\s*(ms|s|m|min)?\s*$/.exec(text) ?? [];
  const seconds = numberOf("--timeout")(digits ?? text) * { ms: 0.001, s: 1, m: 60, min: 60 }[unit as "s"];
  if (seconds > 0 && seconds < 1e6) return seconds;
  throw new RhymeError("usage", {
    ...{ place: "--timeout", expected: "a time such as 60s or 2m", received: JSON.stringify(text) },
    remedy: "Write for example --timeout 60s",
  });
}

/** `./rhyme look-ahead FILE --candles CSV`: a verdict for every column that its functions give; exit 1 unless all are clean. */
export async function checkFile(file: string, options: FileOptions): Promise<void> {
  const ui = createUi(options);
  beginsAnew();
  if (!options.candles) throw noCandles(file);
  const { timeframes, symbol, strict } = options;
  const reading = (path: string): ReturnType<typeof readingOptions> => readingOptions(options, path);
  const { end, onProgress } = workOn(ui, interruptSignal());
  const groups = await readGroups(options.candles, {
    reading,
    onProgress,
    ...(timeframes ? { timeframes } : {}),
    ...(symbol === undefined ? {} : { symbol }),
    ...(strict === undefined ? {} : { strict }),
  });
  end();
  if (groups.length > 1) throw severalSymbols(groups.map(({ key }) => key.symbol));
  const { series, assumptions } = groups[0]!.read;
  for (const assumption of assumptions) ui.note(assumption);
  const { only, instants, tolerance, timeout, memoryLimit, seed } = options;
  const report = await lookAheadFile(file, series, {
    timeframes: timeframes ?? usualFor(series.timeframe),
    calendars: loadedCalendars(),
    signal: interruptSignal(),
    onProgress: progressByName(ui),
    onPrint: (name, text) => {
      for (const line of text.trimEnd().split("\n")) ui.note(`${name} printed at its first call: ${line}`);
    },
    ...(only === undefined ? {} : { only }),
    ...(instants === undefined ? {} : { instants }),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
    ...(memoryLimit === undefined ? {} : { memoryMb: memoryLimit }),
    ...(seed === undefined ? {} : { seed }),
  });
  if (options.json) ui.json(report);
  else ui.out(lookAheadText(report).trimEnd());
  if (!report.clean) process.exitCode = EXIT.checksFailed;
}

/** A bar of its own for each function. */
function progressByName(ui: Ui): (name: string, done: number, total: number) => void {
  let current: { readonly name: string; readonly progress: Progress } | null = null;
  return (name, done, total) => {
    if (current?.name !== name) current = { name, progress: ui.progress(name, total) };
    current.progress.update(done);
    if (done === total) current.progress.done();
  };
}

function usualFor(base: Timeframe): readonly Timeframe[] {
  return [base, ...USUAL.filter((one) => compareTimeframes(base, one) < 0 && nests(base, one))];
}

function noCandles(file: string): RhymeError {
  return new RhymeError("usage", {
    place: "--candles",
    expected: "candles to try the functions on",
    received: "none",
    remedy: `Write ./rhyme look-ahead ${file} --candles BTCUSDT-5m.csv.gz`,
  });
}

function severalSymbols(symbols: readonly string[]): RhymeError {
  return new RhymeError("usage", {
    place: "--candles",
    expected: "candles of one symbol",
    received: symbols.join(", "),
    remedy: "Name the files of one symbol, or join them with --symbol NAME.",
  });
}
