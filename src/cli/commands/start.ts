import type { Command } from "commander";
import { backfillFrom, type BackfillResult } from "../../../workflows/backfill/plan.ts";
import { backfillId } from "../../../workflows/queues.ts";
import { addCandleOptions, listOf, numberOf } from "../candle-options.ts";
import { EXIT } from "../errors.ts";
import { addIndexOption, indexAddress, type IndexOption } from "../index-options.ts";
import { addServerOption, type ServerOption } from "../server-option.ts";
import { startWorkflow } from "../start-workflow.ts";
import { createUi } from "../ui.ts";
import { addStartLabel } from "./start-label.ts";
import { addStartLive } from "./start-live.ts";
import { keepBackfill, type BackfillOptions } from "../workflows/backfill-job.ts";
import { runBackfillLocally } from "../workflows/run-locally.ts";
import { addStartAudit } from "../workflows/start-audit.ts";
import { addStartReembed } from "../workflows/start-reembed.ts";
import { addStartTrain } from "../workflows/start-train.ts";
import { printBackfill } from "../workflows/show-backfill.ts";

const EXAMPLES = `Examples:
  ./rhyme start backfill --from ./candles --symbols BTCUSDT,ETHUSDT --timeframes 5m,30m,1h,4h --memory ./memory
  ./rhyme start backfill --local fx/*-1h.csv --calendar fx --timeframes 1h,4h,1d --memory ./fx
  ./rhyme start backfill --local --memory ./memory            candles that were imported or fetched
`;

const NOTES = `
What ./rhyme remember does, to the last byte, in pieces, by workers (./rhyme work). Stopped or killed, the same command
goes on; a series that cannot be read is given up. Exit: 0 ok, 1 given up, or an index behind, 2 bad usage or input.`;

interface StartBackfillOptions extends BackfillOptions, IndexOption, ServerOption {
  readonly local?: boolean;
  readonly detach?: boolean;
  readonly window: number;
  readonly threads?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme start KIND`: begins work that goes on by itself. */
export function addStart(program: Command): void {
  const start = program
    .command("start")
    .summary("long work that goes on where it was, whoever ends it")
    .description("Starts long work: a backfill of many series.")
    .addHelpText("before", EXAMPLES);
  addBackfill(start);
  addStartTrain(start);
  addStartReembed(start);
  addStartAudit(start);
  addStartLabel(start);
  addStartLive(start);
}

function addBackfill(start: Command): void {
  const command = start
    .command("backfill")
    .summary("candles of many series into a memory, with moments, outcomes and records")
    .description("Puts the candles of many series into a memory; how files are read: as remember does.")
    .argument("[file...]", "candle files, a series per symbol in their names; none: what the memory holds")
    .requiredOption("--memory <folder>", "where the memory is or shall be")
    .option("--from <folder>", "all candle files of a folder")
    .option("--symbols <list>", "only these", listOf("--symbols"))
    .option("--timeframe <name>", "step of the files (default: the commonest)")
    .option(
      "--timeframes <list>",
      "such as 5m,30m,1h,4h (default: the files' own alone)",
      listOf("--timeframes"),
    ) // prettier-ignore
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
  const { memory, tenant, window, threads } = options;
  const index = indexAddress(options);
  const ref = await keepBackfill(files, options, { index, now: Date.now() });
  if (!options.local) {
    const id = backfillId(ref.job);
    const args = [backfillFrom(ref), { paused: false, window }];
    const summary = `backfill into ${ref.memory}`;
    const print = (result: BackfillResult): void => printBackfill(ui, result, memory);
    return startWorkflow({ type: "backfill", id, args, summary }, options, ui, print);
  }
  const run = { window, index, ...(threads === undefined ? {} : { threads }) };
  const result = await runBackfillLocally(ref, run, ui);
  if (options.json) ui.json({ schema: "rhyme.backfill/1", memory, tenant, job: ref.job, ...result });
  else printBackfill(ui, result, memory);
  if (result.failed > 0 || (result.index?.behind ?? null) !== null) process.exitCode = EXIT.checksFailed;
}
