import { Option, type Command } from "commander";
import { ENCODE_BACKENDS, type EncodeBackend } from "../../lib/adapters/backends/encode-backends.ts";
import { counted } from "../../lib/adapters/text/words.ts";
import { severityOf } from "../../lib/candles/finding.ts";
import { splitNote } from "../split-note.ts";
import { iso } from "../../lib/time/units.ts";
import { addCandleOptions, listOf, readingOptions, type CandleOptions } from "../candle-options.ts";
import { heldNote } from "../../lib/adapters/folder/held-files.ts";
import { addIndexOption, indexAddress, type IndexOption } from "../index-options.ts";
import { EXIT } from "../errors.ts";
import { mirroredLines } from "../mirror.ts";
import { interruptSignal } from "../interrupt.ts";
import {
  rememberFiles,
  type RememberedSeries,
  type RememberFilesOptions,
  type RememberSummary,
} from "../remember-files.ts";
import { createUi, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme remember BTCUSDT-5m.csv.gz --symbol BTCUSDT --timeframes 5m,30m,1h,4h --memory ./memory
  ./rhyme remember SPY-1d.csv --symbol SPY --calendar us-equities --timeframes 1d,1w,1mo --memory ./memory
  ./rhyme remember new.csv --symbol BTCUSDT --timeframes 5m,30m,1h,4h --memory ./memory     adds what is new
  ./rhyme remember fx/*-1h.csv --calendar fx --timeframes 1h,4h,1d --memory ./fx     a symbol per file name
`;

const NOTES = `
Reads and checks the files, embeds every closed candle, labels it with what followed, asks the past to learn how
far its answers can be trusted, and stores all of it. The encoder is, in this order: --encoder, the one that the
memory holds for these timeframes and features, the shipped one where it fits, or a new one fitted on the first
40 % of the history (--fit-until). Stopped or killed, it goes on where it was when it is run again; only the
fitting of an encoder, seconds to a minute, starts anew. With --index everything is in the memory before the index
is brought up to it. Exit: 0 ok, 1 the memory is complete and its index is behind (run it again), 2 bad usage or input.`;

interface RememberOptions extends CandleOptions, IndexOption {
  readonly memory: string;
  readonly tenant: string;
  readonly timeframes?: readonly string[];
  readonly horizons?: readonly string[];
  readonly encoder?: string;
  readonly fitUntil?: string;
  readonly features?: string;
  readonly backend?: EncodeBackend;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme remember FILE…`: candle files into a memory. */
export function addRemember(program: Command): void {
  const command = program
    .command("remember")
    .summary("read candles, embed every moment, label it, store it")
    .description("Puts candles of one or several symbols into a memory.")
    .argument(
      "[file...]",
      "CSV, CSV.gz or Parquet, a series per symbol in their names; none: what was imported",
    )
    .requiredOption("--memory <folder>", "where the memory is or shall be")
    .option("--symbol <name>", "all files are this one symbol (default: from the file names)")
    .option("--timeframe <name>", "step of the files (default: the commonest)")
    .option(
      "--timeframes <list>",
      "such as 5m,30m,1h,4h (default: the files' own alone)",
      listOf("--timeframes"),
    )
    .option(
      "--horizons <list>",
      "how far ahead to label (default: three of 1h,4h,1d,5d,21d…)",
      listOf("--horizons"),
    )
    .option("--encoder <version|folder>", "an encoder of this memory, or an artefact folder")
    .option("--fit-until <time>", "fit a new encoder on what was known by then")
    .option("--features <name>", "candle16 (default below 1d) or close12")
    .addOption(new Option("--backend <name>", "what embeds, if not arrays").choices(ENCODE_BACKENDS))
    .option("--tenant <name>", "whose memory", "default");
  addIndexOption(command, "an index to fill: weaviate://HOST:PORT");
  addCandleOptions(command)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(files: readonly string[], options: RememberOptions): Promise<void> {
  const ui = createUi(options);
  const now = Date.now();
  const {
    json: _json,
    quiet: _quiet,
    memory: _memory,
    index: _index,
    backend = "arrays",
    ...given
  } = options;
  const index = indexAddress(options);
  const { memory, tenant, timeframes, horizons, encoder, fitUntil, features } = options;
  const embed = backend === "arrays" ? undefined : await embedWith(backend, ui);
  const summary = await rememberFiles(files, {
    memory,
    tenant,
    ui,
    signal: interruptSignal(),
    now,
    reading: (file) => ({ ...readingOptions(options, file), now }),
    strict: options.strict === true,
    given,
    ...(index === null ? {} : { index }),
    ...(options.symbol === undefined ? {} : { symbol: options.symbol }),
    ...(timeframes ? { timeframes } : {}),
    ...(horizons ? { horizons } : {}),
    ...(encoder === undefined ? {} : { encoder }),
    ...(fitUntil === undefined ? {} : { fitUntil }),
    ...(features === undefined ? {} : { features }),
    ...(embed === undefined ? {} : { embed }),
  });
  if (options.json) {
    const series = summary.series.map(documentOf);
    const mirrored = summary.index ? { index: summary.index } : {};
    ui.json({ schema: "rhyme.remember/2", memory, tenant, encoder: summary.encoder, series, ...mirrored });
  } else printRemembered(ui, summary, memory);
  if (summary.index && summary.index.behind !== null) process.exitCode = EXIT.checksFailed;
}

/** Opened before anything is read: one that is not there fails at once. */
async function embedWith(backend: EncodeBackend, ui: Ui): Promise<RememberFilesOptions["embed"]> {
  const { openBulkEncoder } = await import("../../lib/adapters/backends/bulk-encoder.ts");
  const onSmaller = (anchors: number): void =>
    ui.note(`memory is short: it goes on with ${anchors.toLocaleString("en")} moments at a time`);
  const { device, embed } = await openBulkEncoder(backend, { onSmaller });
  ui.note(`embeds with ${backend}: ${device}`);
  return embed;
}

function documentOf({ key, files, step: _step, read, held, ...rest }: RememberedSeries): object {
  const { assumptions, findings, rowsRead } = read;
  const known = held.map(({ path, since }) => ({ path, since: iso(since) }));
  return { ...key, files, held: known, rowsRead, assumptions, findings: findings.length, ...rest };
}

/** What was read, assumed, chosen and stored. */
export function printRemembered(ui: Ui, { encoder, series, index }: RememberSummary, memory: string): void {
  for (const one of series) noteReading(ui, one, series.length > 1);
  ui.note(`encoder ${encoder.version}, known at ${encoder.knownAt}: ${encoder.why}`);
  const n = (value: number): string => value.toLocaleString("en-US");
  ui.table([
    ["series", "horizon", "labelled now", "past questions in the record"],
    ...series.flatMap(({ key, labelled, records }) =>
      Object.entries(labelled).map(([h, count]) => [key.symbol, h, n(count), n(records[h] ?? 0)]),
    ),
  ]);
  for (const { key, revised } of series) {
    const changed = Object.values(revised).reduce((sum, count) => sum + count, 0);
    if (changed > 0)
      ui.note(
        `${key.symbol}: corrections changed ${counted(changed, "outcome")}, known from when they arrived`,
      );
  }
  for (const { key, candles, written, anchors } of series)
    ui.out(
      `${key.symbol} ${key.timeframe}: ${n(candles.added)} new candles, ` +
        `${candles.corrected > 0 ? `${n(candles.corrected)} corrected, ` : ""}${n(written)} new patterns, ` +
        `${n(anchors)} in all in ${memory}`,
    );
  if (index) for (const line of mirroredLines(index)) ui.out(line);
}

function noteReading(ui: Ui, { key, read, held, candles }: RememberedSeries, several: boolean): void {
  const name = several ? `${key.symbol}: ` : "";
  for (const file of held) ui.note(`${name}${heldNote(file)}`);
  for (const assumption of read.assumptions) ui.note(`${name}read with: ${assumption}`);
  const errors = read.findings.filter((finding) => severityOf(finding) === "error").length;
  if (read.findings.length > 0)
    ui.note(
      `${name}${counted(read.findings.length, "finding")}, ${errors} of them errors: ./rhyme check says which`,
    );
  const splits = read.findings.filter(({ kind }) => kind === "split-like-jump").length;
  if (splits > 0) ui.note(`${name}${splitNote(splits)}`);
  if (candles.late)
    ui.note(
      `${name}rows that contradict stored ones, or lie before the newest stored bar, came late: they count from now on, not before`,
    );
}
