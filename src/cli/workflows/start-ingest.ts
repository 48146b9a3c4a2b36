import type { Command } from "commander";
import { ingestFrom, type IngestResult } from "../../../workflows/ingest/plan.ts";
import { ingestLocally } from "../../../workflows/local-jobs.ts";
import { ingestId } from "../../../workflows/queues.ts";
import { addCandleOptions, numberOf } from "../candle-options.ts";
import { addServerOption } from "../server-option.ts";
import { createUi, type Ui } from "../ui.ts";
import { keepIngest } from "./backfill-job.ts";
import { addOriginOptions, type OriginOptions } from "./job-series.ts";
import { runJob, type RunOptions } from "./run-job.ts";

const EXAMPLES = `Examples:
  ./rhyme start ingest --from ./candles --memory ./memory
  ./rhyme start ingest --from binance --symbols BTC/USDT,ETH/USDT --timeframe 5m --since 2024-01-01 --memory ./memory
  ./rhyme start ingest --local --from binance --symbols BTC/USDT --timeframe 5m --memory ./memory    what closed since
`;

const NOTES = `
What ./rhyme fetch and ./rhyme import store, for many series at once, by workers (./rhyme work); start backfill embeds and
labels it as well. Stopped or killed, the same command goes on; a series that cannot be read is given up.
Exit: 0 ok, 1 given up, 2 bad usage or input.`;

interface StartIngestOptions extends OriginOptions, RunOptions {
  readonly memory: string;
}

/** `./rhyme start ingest`: candles of many series, and nothing else. */
export function addStartIngest(start: Command): void {
  const command = start
    .command("ingest")
    .summary("candles of many series into a memory, of files or of an exchange")
    .description(
      "Stores candles of many series, and nothing else: of files, a series per symbol in their names, or of an exchange.",
    )
    .argument("[file...]");
  addOriginOptions(command)
    .option("--local", "in this process, without a server")
    .option("--window <count>", "series at once", numberOf("--window", 1), 4)
    .option("--threads <count>", "threads that read, with --local", numberOf("--threads", 1));
  addServerOption(command).option("--detach", "say its id and leave");
  addCandleOptions(command)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(startIngest);
}

async function startIngest(files: readonly string[], options: StartIngestOptions): Promise<void> {
  const ui = createUi(options);
  const ref = await keepIngest(files, options, Date.now());
  await runJob(
    {
      ...{ type: "ingest", id: ingestId(ref.job), ref, from: ingestFrom(ref), index: null },
      ...{ schema: "rhyme.ingest/1", summary: `candles into ${ref.memory}` },
      locally: (run) => ingestLocally(ref, run),
      print: (result) => printIngested(ui, result, options.memory),
      failed: ({ failed }) => failed > 0,
    },
    options,
    ui,
  );
}

function printIngested(
  ui: Ui,
  { series, failed, failures, added, corrected }: IngestResult,
  memory: string,
): void {
  const n = (value: number): string => value.toLocaleString("en-US");
  for (const { symbol, reason } of failures) ui.note(`${symbol} was given up: ${reason}`);
  if (failed > failures.length) ui.note(`… and ${n(failed - failures.length)} more`);
  ui.out(
    `${n(series - failed)} of ${n(series)} series: ${n(added)} new candles, ${n(corrected)} corrected, in ${memory}`,
  );
  if (added + corrected > 0)
    ui.note(`not embedded yet: ./rhyme start backfill --memory ${memory} goes on from here`);
}
