import type { Command } from "commander";
import { severityOf } from "../../lib/candles/finding.ts";
import { addCandleOptions, listOf, readingOptions, type CandleOptions } from "../candle-options.ts";
import { interruptSignal } from "../interrupt.ts";
import { rememberFiles, type RememberSummary } from "../remember-files.ts";
import { createUi, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme remember BTCUSDT-5m.csv.gz --symbol BTCUSDT --timeframes 5m,30m,1h,4h --memory ./memory
  ./rhyme remember SPY-1d.csv --symbol SPY --calendar us-equities --timeframes 1d,1w,1mo --memory ./memory
  ./rhyme remember new.csv --symbol BTCUSDT --timeframes 5m,30m,1h,4h --memory ./memory     adds what is new
`;

const NOTES = `
Reads and checks the files, embeds every closed candle, labels it with what followed, asks the past to learn how
far its answers can be trusted, and stores all of it. The encoder is, in this order: --encoder, the one that the
memory holds for these timeframes and features, the shipped one where it fits, or a new one fitted on the first
40 % of the history (--fit-until). Stopped or killed, it goes on where it was when it is run again; only the
fitting of an encoder, seconds to a minute, starts anew.`;

interface RememberOptions extends CandleOptions {
  readonly memory: string;
  readonly tenant: string;
  readonly timeframes?: readonly string[];
  readonly horizons?: readonly string[];
  readonly encoder?: string;
  readonly fitUntil?: string;
  readonly features?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme remember FILE…`: candle files into a memory. */
export function addRemember(program: Command): void {
  const command = program
    .command("remember")
    .summary("read candles, embed every moment, label it, store it")
    .description("Puts the candles of one symbol into a memory.")
    .argument("<file...>", "CSV, CSV.gz or Parquet of one symbol and timeframe")
    .requiredOption("--memory <folder>", "where the memory is or shall be")
    .option("--symbol <name>", "what the candles are of (default: from the file names)")
    .option("--timeframe <name>", "step of the files (default: the commonest)")
    .option(
      "--timeframes <list>",
      "such as 5m,30m,1h,4h; coarser ones are resampled (default: the files' own alone)",
      listOf("--timeframes"),
    )
    .option(
      "--horizons <list>",
      "how far ahead to label (default: the first three of 1h,4h,1d,5d,21d… that last 4 bars)",
      listOf("--horizons"),
    )
    .option("--encoder <version|folder>", "an encoder of this memory, or an artefact folder")
    .option("--fit-until <time>", "fit a new encoder on what was known by then")
    .option("--features <name>", "candle16 (default below 1d) or close12")
    .option("--tenant <name>", "whose memory", "default");
  addCandleOptions(command)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(files: readonly string[], options: RememberOptions): Promise<void> {
  const ui = createUi(options);
  const { memory, tenant, timeframes, horizons, encoder, fitUntil, features } = options;
  const summary = await rememberFiles(files, {
    memory,
    tenant,
    ui,
    signal: interruptSignal(),
    reading: readingOptions(options),
    ...(timeframes ? { timeframes } : {}),
    ...(horizons ? { horizons } : {}),
    ...(encoder === undefined ? {} : { encoder }),
    ...(fitUntil === undefined ? {} : { fitUntil }),
    ...(features === undefined ? {} : { features }),
  });
  const { read, ...rest } = summary;
  if (options.json) {
    const { assumptions, findings, rowsRead } = read;
    ui.json({
      schema: "rhyme.remember/1",
      memory,
      tenant,
      ...rest,
      rowsRead,
      assumptions,
      findings: findings.length,
    });
  } else printRemembered(ui, summary, memory);
}

/** What was read, assumed, chosen and stored. */
export function printRemembered(ui: Ui, summary: RememberSummary, memory: string): void {
  const { read, series, candles, encoder } = summary;
  for (const assumption of read.assumptions) ui.note(`read with: ${assumption}`);
  const errors = read.findings.filter((finding) => severityOf(finding) === "error").length;
  if (read.findings.length > 0)
    ui.note(`${read.findings.length} findings, ${errors} of them errors: ./rhyme check says which`);
  if (candles.late)
    ui.note(
      "rows that contradict stored ones, or lie before the newest stored bar, came late: they count from now on, not before",
    );
  ui.note(`encoder ${encoder.version}, known at ${encoder.knownAt}: ${encoder.why}`);
  const n = (value: number): string => value.toLocaleString("en-US");
  ui.table([
    ["horizon", "labelled now", "past questions in the record"],
    ...Object.entries(summary.labelled).map(([h, count]) => [h, n(count), n(summary.records[h] ?? 0)]),
  ]);
  ui.out(
    `${series.symbol} ${series.timeframe}: ${n(candles.added)} new candles, ${n(summary.written)} new patterns, ` +
      `${n(summary.anchors)} in all in ${memory}`,
  );
}
