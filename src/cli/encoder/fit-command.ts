import { readFileSync } from "node:fs";
import { InvalidArgumentError, Option, type Command } from "commander";
import { writeEncoderFolder } from "../../lib/adapters/artefacts/encoder-folder.ts";
import { checkpointFolder } from "../../lib/adapters/artefacts/checkpoint-folder.ts";
import { fitNote } from "../../lib/adapters/folder/fit-note.ts";
import { fromCheckpoint } from "../../lib/adapters/folder/from-checkpoint.ts";
import {
  openTensorFlow,
  TENSORFLOW_BACKENDS,
  type TensorFlowBackend,
} from "../../lib/adapters/tfjs/open-tensorflow.ts";
import type { CandleSeries } from "../../lib/candles/candle-series.ts";
import { GnnEncoder } from "../../lib/encoder/gnn/gnn-encoder.ts";
import { RhymeError } from "../../lib/errors.ts";
import { fitByFile, type FittedByFile } from "../../lib/remember/fit-by-file.ts";
import { parseFitFile, type FitFile } from "../../lib/remember/fit-file.ts";
import { iso, type EpochMs } from "../../lib/time/units.ts";
import { addCandleOptions, listOf, type CandleOptions } from "../candle-options.ts";
import { interruptSignal } from "../interrupt.ts";
import { parseInstant } from "../instant.ts";
import { createUi, type Ui } from "../ui.ts";
import { workOn } from "../work-on.ts";
import { candlesToFit } from "./candles-to-fit.ts";

const EXAMPLES = `Examples:
  ./rhyme encoder fit --options gat.json --from BTCUSDT-5m.csv.gz --out ./gat
  ./rhyme encoder fit --options contrast.json --memory ./memory --out ./mine     candles that a memory holds
gat.json: {"timeframes": ["5m", "1h"], "layer": "gat", "objective": {"kind": "contrast", "horizons": ["4h"]}}
`;

const NOTES = `
Fields of the options, each optional: timeframes features design layer heads layers hidden dim readout objective
seed steps learningRate warmUpSteps clipNorm chunkNodes validationShare evaluateEvery patience until. Objectives:
reconstruction, contrast (horizons), vicreg, residual (horizons), mixture (parts of weight and objective). Nothing
known after "until" is seen, labels included. Beside the artefact fit.json keeps the options with all defaults, the
data and the loss curve. Stopped or killed, the same command goes on from OUT.fitting, to the same bytes.`;

interface FitCommandOptions extends CandleOptions {
  readonly options: string;
  readonly from?: string;
  readonly memory?: string;
  readonly out: string;
  readonly symbols?: readonly string[];
  readonly backend: TensorFlowBackend;
  readonly every: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme encoder fit`: one training run, as one file of options says. */
export function addFit(encoder: Command): void {
  const command = encoder
    .command("fit")
    .summary("train one as a file of options says, on files or on a memory's candles")
    .description("Fits an encoder of any layer kind for any objective.")
    .requiredOption("--options <file>", "a JSON file; {} takes every default")
    .option("--from <path>", "a candle file, or a folder of them")
    .option("--memory <folder>", "candles that this memory holds, instead")
    .requiredOption("--out <folder>", "where the artefact is written")
    .option("--symbols <list>", "only these", listOf("--symbols"))
    .option("--timeframe <name>", "step of the files, or of the memory's series (default: the commonest)")
    .addOption(
      new Option("--backend <name>", "what it is fitted with").choices(TENSORFLOW_BACKENDS).default("wasm"),
    )
    .option("--every <count>", "steps between checkpoints", count, 25);
  addCandleOptions(command)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Give a whole number from 1 on.");
  return value;
}

async function run(options: FitCommandOptions): Promise<void> {
  const ui = createUi(options);
  const file = readFitFile(options.options);
  const candles = await candlesToFit(options, file.timeframes, ui);
  const calendar = candles[0]!.calendar;
  const until = file.until === undefined ? newest(candles) : parseInstant(file.until, calendar, "until");
  const checkpoints = checkpointFolder(`${options.out}.fitting`);
  const fitted = await fit(options, file, candles, until, ui);
  const document = fitDocument(fitted, candles, until, options.backend);
  const bytes = new TextEncoder().encode(`${JSON.stringify(document, null, 1)}\n`);
  await writeEncoderFolder(options.out, fitted.encoder, [{ name: "fit.json", bytes }]);
  checkpoints.clear();
  if (options.json) return ui.json({ ...document, out: options.out });
  printFitted(ui, fitted, options.out);
}

async function fit(
  { out, backend, every }: FitCommandOptions,
  file: FitFile,
  candles: readonly CandleSeries[],
  until: EpochMs,
  ui: Ui,
): Promise<FittedByFile> {
  const signal = interruptSignal();
  const checkpoints = checkpointFolder(`${out}.fitting`);
  const { end, onProgress, onNote } = workOn(ui, signal);
  const tf = await openTensorFlow(backend);
  const noteOf = fitNote();
  const { made, resumedAt } = await fromCheckpoint(checkpoints, { onNote }, (resume) =>
    fitByFile(candles, file, {
      ...{ tf, until, signal },
      checkpoint: { every, save: (bytes) => void checkpoints.save(bytes), ...(resume && { resume }) },
      onProgress: (progress) =>
        onProgress({
          what: `fitting ${file.layer} by ${file.objective.kind}`,
          ...{ done: progress.step, total: progress.steps, note: noteOf(progress) },
        }),
    }),
  ).finally(end);
  if (resumedAt > 0) ui.note(`went on from the checkpoint of step ${resumedAt}`);
  return made;
}

function readFitFile(path: string): FitFile {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RhymeError("usage", {
      place: path,
      expected: "a JSON document",
      received: error.message,
      remedy: "Correct the file; {} alone takes every default.",
    });
  }
  return parseFitFile(value, path);
}

function newest(candles: readonly CandleSeries[]): EpochMs {
  return Math.max(...candles.map(({ knownAt }) => knownAt.at(-1)!));
}

/** What `fit.json` says: equal runs write equal bytes. */
function fitDocument(
  { encoder, file, curve }: FittedByFile,
  candles: readonly CandleSeries[],
  until: EpochMs,
  backend: string,
): object {
  const data = candles.map(({ source, symbol, timeframe, openTime }) => ({
    ...{ source, symbol, timeframe, rows: openTime.length },
    ...{ from: iso(openTime[0]!), to: iso(openTime.at(-1)!) },
  }));
  const origin = encoder instanceof GnnEncoder ? encoder.origin : null;
  return {
    ...{ schema: "rhyme.fit/1", encoder: encoder.version, knownAt: iso(encoder.knownAt), until: iso(until) },
    ...{ backend, options: file, data, dataHash: origin?.dataHash, scores: origin?.scores, curve },
  };
}

function printFitted(ui: Ui, { encoder, file, curve }: FittedByFile, out: string): void {
  const scores = encoder instanceof GnnEncoder ? encoder.origin.scores : {};
  const digits = (value: number | undefined): string => value?.toFixed(4) ?? "–";
  ui.table([
    ["step", "training loss", "validation loss"],
    ...curve.map(({ step, training, validation }) => [step, digits(training), digits(validation)]),
  ]);
  ui.out(
    `${file.objective.kind}: validation loss ${digits(scores["validationLoss"])} at step ${scores["bestStep"]}; untrained ` +
      `${digits(scores["validationLossUntrained"])}; having learnt nothing ${digits(scores["validationLossOfMean"])}`,
  );
  ui.out(`${encoder.version}, known at ${iso(encoder.knownAt)}, in ${out}`);
}
