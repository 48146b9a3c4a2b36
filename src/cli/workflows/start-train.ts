import { Option, type Command } from "commander";
import { trainLocally } from "../../../workflows/local-jobs.ts";
import { keepJob } from "../../../workflows/job-folder.ts";
import type { JobRef, TrainJob } from "../../../workflows/job.ts";
import { trainId } from "../../../workflows/queues.ts";
import type { TrainResult } from "../../../workflows/train/activities.ts";
import { withMemory } from "../../lib/adapters/folder/with-memory.ts";
import type { MemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import type { SeriesKey } from "../../lib/candles/candle-series.ts";
import { RhymeError } from "../../lib/errors.ts";
import { featureSetByName } from "../../lib/features/feature-sets.ts";
import { fixedWidth, sortTimeframes } from "../../lib/time/timeframe.ts";
import { listOf, numberOf } from "../candle-options.ts";
import { parseInstant } from "../instant.ts";
import { loadedCalendars } from "../load-calendars.ts";
import { addServerOption } from "../server-option.ts";
import { createUi, type Ui } from "../ui.ts";
import { runJob, type RunOptions } from "./run-job.ts";

const EXAMPLES = `Examples:
  ./rhyme start train --memory ./memory --until 2023-06-30 --timeframes 5m,30m,1h,4h --trust 4h
  ./rhyme start train --local --memory ./fx --until 2020-12-31 --timeframes 1h,4h,1d --symbols EURUSD,USDJPY
`;

const NOTES = `
Fits on what was known by --until and on nothing else; the last part of that is never trained on and stops the fitting
early. Stopped or killed, the same command goes on from its newest checkpoint, to the same bytes. The encoder is kept by
the memory and read by nobody until ./rhyme start reembed. --trust scores its answers after the fold beside baselines.`;

interface TrainOptions extends RunOptions {
  readonly tenant: string;
  readonly until: string;
  readonly timeframes?: readonly string[];
  readonly symbols?: readonly string[];
  readonly source?: string;
  readonly features?: string;
  readonly seed: number;
  readonly steps?: number;
  readonly every: number;
  readonly backend: TrainJob["fits"];
  readonly trust?: readonly string[];
}

/** `./rhyme start train`: an encoder, fitted inside a stated fold. */
export function addStartTrain(start: Command): void {
  const command = start
    .command("train")
    .summary("an encoder, fitted on what was known by the end of a fold, with checkpoints")
    .description("Fits an encoder on candles that a memory holds.")
    .requiredOption("--memory <folder>", "whose candles, and where the encoder is kept")
    .requiredOption("--until <time>", "the end of the fold: an instant with its zone, or a date")
    .option("--timeframes <list>", "finest first (default: the one that is held)", listOf("--timeframes"))
    .option("--symbols <list>", "only these", listOf("--symbols"))
    .option("--source <name>", "only candles of this source")
    .option("--features <name>", "candle16 (default below 1d) or close12")
    .option("--trust <list>", "score its answers after the fold for these horizons", listOf("--trust"))
    .option("--tenant <name>", "for whom it is scored", "default")
    .option("--seed <number>", "of the fitting", numberOf("--seed", 0), 1)
    .option("--steps <count>", "of the fitting (default: 300)", numberOf("--steps", 1))
    .option("--every <count>", "steps between checkpoints", numberOf("--every", 1), 25)
    .addOption(
      new Option("--backend <name>", "what it is fitted with").choices(["wasm", "cpu"]).default("wasm"),
    )
    .option("--local", "in this process, without a server");
  addServerOption(command)
    .option("--detach", "say its id and leave")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(startTrain);
}

async function startTrain(options: TrainOptions): Promise<void> {
  const ui = createUi(options);
  const ref = await keepTrain(options);
  await runJob(
    {
      ...{ type: "train", id: trainId(ref.job), ref, from: ref, schema: "rhyme.train/1", index: null },
      summary: `an encoder for ${ref.memory}`,
      locally: (run) => trainLocally(ref, run),
      print: (result) => printTrained(ui, result),
      failed: () => false,
    },
    options,
    ui,
  );
}

/** Everything that a default stands for is settled here. @throws RhymeError where it cannot be meant */
function keepTrain(options: TrainOptions): Promise<JobRef> {
  const { memory, tenant, until, seed, steps = null, every, backend, trust = [] } = options;
  return withMemory(memory, (folder) => {
    const series = seriesOf(folder, options);
    const timeframes = sortTimeframes(options.timeframes ?? [series[0]!.timeframe]);
    const { calendar } = folder.candles.read(series[0]!, { asOf: Infinity });
    const featureSet = options.features ?? (fixedWidth(timeframes[0]!) === null ? "close12" : "candle16");
    featureSetByName(featureSet); // refused before anything is begun
    return keepJob<TrainJob>(
      memory,
      {
        ...{ kind: "train", tenant, given: {}, calendars: loadedCalendars() },
        ...{ series, timeframes, featureSet, seed, steps },
        ...{ until: parseInstant(until, calendar, "--until"), every, fits: backend, trust },
      },
      Date.now(),
    );
  });
}

/** Those that are held in the finest timeframe. */
function seriesOf(folder: MemoryFolder, { timeframes, symbols, source }: TrainOptions): readonly SeriesKey[] {
  const held = folder.candles.list();
  const finest = timeframes ? sortTimeframes(timeframes)[0]! : onlyTimeframe(held);
  const chosen = held.filter(
    (key) =>
      key.timeframe === finest &&
      (symbols === undefined || symbols.includes(key.symbol)) &&
      (source === undefined || key.source === source),
  );
  if (chosen.length > 0) return chosen.map(({ source: of, symbol, timeframe }) => ({ source: of, symbol, timeframe })); // prettier-ignore
  throw nothing(`candles of ${finest}${symbols ? ` of ${symbols.join(", ")}` : ""}`, held);
}

function onlyTimeframe(held: readonly SeriesKey[]): string {
  const names = [...new Set(held.map(({ timeframe }) => timeframe))];
  if (names.length === 1) return names[0]!;
  throw nothing("--timeframes, or candles of one timeframe alone", held);
}

function nothing(expected: string, held: readonly SeriesKey[]): RhymeError {
  return new RhymeError("usage", {
    place: "the candles to fit on",
    expected,
    received: held.map(({ symbol, timeframe }) => `${symbol} ${timeframe}`).join(", ") || "none at all",
    remedy: "Name what the memory holds with --timeframes and --symbols, or import candles first.",
  });
}

function printTrained(ui: Ui, { encoder, knownAt, trust, ...losses }: TrainResult): void {
  const { validationLoss, validationLossOfMean } = losses;
  ui.out(`${encoder}, fitted on what was known by ${knownAt}, is kept by the memory`);
  ui.out(
    `validation loss ${validationLoss.toFixed(4)}; saying the mean of every feature: ${validationLossOfMean.toFixed(4)}`,
  );
  for (const { horizon, sentence } of trust) ui.out(`${horizon}: ${sentence}`);
  ui.note(`./rhyme start reembed --encoder ${encoder} lets it be read, after a gate`);
}
