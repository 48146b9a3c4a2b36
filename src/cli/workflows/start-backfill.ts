import type { Command } from "commander";
import { backfillFrom, type BackfillResult } from "../../../workflows/backfill/plan.ts";
import { backfillLocally } from "../../../workflows/local.ts";
import { backfillId } from "../../../workflows/queues.ts";
import { addCandleOptions, listOf, numberOf } from "../candle-options.ts";
import { addIndexOption, indexAddress, type IndexOption } from "../index-options.ts";
import { addServerOption } from "../server-option.ts";
import { mirroredLines } from "../mirror.ts";
import { createUi, type Ui } from "../ui.ts";
import { keepBackfill, type BackfillOptions } from "./backfill-job.ts";
import { addOriginOptions } from "./job-series.ts";
import { runJob, type RunOptions } from "./run-job.ts";

const EXAMPLES = `Examples:
  ./rhyme start backfill --from ./candles --symbols BTCUSDT,ETHUSDT --timeframes 5m,30m,1h,4h --memory ./memory
  ./rhyme start backfill --local fx/*-1h.csv --calendar fx --timeframes 1h,4h,1d --memory ./fx
  ./rhyme start backfill --from binance --symbols BTC/USDT --since 2023-07-01 --timeframes 5m,1h --memory ./memory
`;

const NOTES = `
What ./rhyme remember does, to the last byte, in pieces, by workers (./rhyme work). Stopped or killed, the same command
goes on; a series that cannot be read is given up. Exit: 0 ok, 1 given up, or an index behind, 2 bad usage or input.`;

interface StartBackfillOptions extends BackfillOptions, IndexOption, RunOptions {
  readonly memory: string;
  readonly window: number;
}

/** `./rhyme start backfill`: candles of many series, with moments, outcomes and records. */
export function addStartBackfill(start: Command): void {
  const command = start
    .command("backfill")
    .summary("candles of many series into a memory, with moments, outcomes and records")
    .description(
      "Puts candles into a memory: of files named by symbol, of an exchange, or those that it holds.",
    )
    .argument("[file...]");
  addOriginOptions(command)
    .option(
      "--timeframes <list>",
      "such as 5m,30m,1h,4h (default: that of the candles)",
      listOf("--timeframes"),
    )
    .option("--horizons <list>", "how far ahead to label (default: as remember)", listOf("--horizons"))
    .option("--encoder <version|folder>", "an encoder of this memory, or an artefact folder")
    .option("--fit-until <time>", "fit a new encoder on what was known by then")
    .option("--features <name>", "candle16 (default below 1d) or close12")
    .option("--tenant <name>", "whose memory", "default")
    .option("--local", "in this process, without a server")
    .option("--window <count>", "series at once", numberOf("--window", 1), 4)
    .option("--threads <count>", "threads that compute, with --local", numberOf("--threads", 1))
    .option("--chunk <count>", "moments that are kept at once", numberOf("--chunk", 1), 50_000);
  addServerOption(command).option("--detach", "say its id and leave");
  addIndexOption(command, "an index to fill: weaviate://HOST:PORT");
  addCandleOptions(command)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(startBackfill);
}

async function startBackfill(files: readonly string[], options: StartBackfillOptions): Promise<void> {
  const ui = createUi(options);
  const index = indexAddress(options);
  const ref = await keepBackfill(files, options, { index, now: Date.now() });
  await runJob(
    {
      ...{ type: "backfill", id: backfillId(ref.job), ref, from: backfillFrom(ref), index },
      ...{ schema: "rhyme.backfill/1", summary: `backfill into ${ref.memory}` },
      locally: (run) => backfillLocally(ref, run),
      print: (result) => printBackfill(ui, result, options.memory),
      failed: (result) => result.failed > 0 || (result.index?.behind ?? null) !== null,
    },
    options,
    ui,
  );
}

/** What a backfill came to, as `remember` says it. */
function printBackfill(ui: Ui, result: BackfillResult, memory: string): void {
  const n = (value: number): string => value.toLocaleString("en-US");
  for (const { symbol, reason } of result.failures) ui.note(`${symbol} was given up: ${reason}`);
  const more = result.failed - result.failures.length;
  if (more > 0) ui.note(`… and ${n(more)} more`);
  const through = result.series - result.failed;
  ui.out(
    `${through} of ${n(result.series)} series: ${n(result.candles)} new candles, ${n(result.patterns)} new patterns, ` +
      `${n(result.labelled)} outcomes, ${n(result.questions)} past questions in their records, in ${memory}`,
  );
  if (result.index !== null)
    for (const line of mirroredLines({ index: "the index", ...result.index })) ui.out(line);
  if (result.encoder !== null) ui.note(`encoder ${result.encoder}`);
}
