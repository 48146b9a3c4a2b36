import type { Command } from "commander";
import { iso } from "../../lib/time/units.ts";
import { createUi, type Cell } from "../ui.ts";
import { describeEncoder } from "./describe-encoder.ts";
import { readGnn } from "./read-gnn.ts";

interface ShowOptions {
  readonly json?: boolean;
}

/** `./rhyme encoder show FOLDER`: all that an artefact says of itself. */
export function addShow(command: Command): void {
  command
    .command("show")
    .summary("all that an artefact says of itself")
    .description("Design, sizes, features, options of the fitting, scores and weights of an artefact.")
    .argument("<folder>", "the artefact")
    .option("--json", "one JSON document on stdout")
    .action(run);
}

async function run(folder: string, options: ShowOptions): Promise<void> {
  const ui = createUi(options);
  const encoder = await readGnn(folder);
  if (options.json)
    return ui.json({ schema: "rhyme.encoder-summary/1", ...describeEncoder(folder, encoder) });
  const { model, origin } = encoder;
  const { shape, design, warmUp, weights } = model;
  const windows = design.timeframes.map((timeframe) => `${design.windows[timeframe]!} of ${timeframe}`);
  ui.out(ui.bold(encoder.version));
  const heads = shape.heads > 1 ? `, ${shape.heads} heads` : "";
  const facts: Cell[][] = [
    ["layers", `${shape.layers} of ${encoder.kind}, hidden ${shape.hidden}${heads}`],
    ["readout", `${shape.readout.join(", ")} over windows of ${windows.join(", ")}`],
    ["embedding", encoder.dim],
    [
      "graph",
      `back ${design.dilations.join(", ")} bars; ${design.cross.join(" and ") || "no cross edges"}; weights ${design.weights}`,
    ],
    ["features", `${origin.featureSet}: ${origin.featureNames.join(", ")}`],
    ["warm-up", `${warmUp.first} rows, settled after ${warmUp.settled}`],
    [
      "hears",
      Object.entries(encoder.receptiveField)
        .map(([of, rows]) => `${rows} of ${of}`)
        .join(", "),
    ],
    ["known at", iso(encoder.knownAt)],
    ["data", `${origin.dataHash.slice(0, 16)}, seed ${origin.seed}`],
    ...Object.entries(origin.options).map(([name, value]): Cell[] => [`option ${name}`, String(value)]),
    ...Object.entries(origin.scores).map(([name, value]): Cell[] => [`score ${name}`, value]),
  ];
  ui.table([["", ""], ...facts]);
  ui.table([
    ["weights", "numbers", "root mean square"],
    ...Object.entries(weights).map(([name, values]): Cell[] => [name, values.length, rms(values)]),
  ]);
}

function rms(values: Float32Array): number {
  return Number(
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length).toPrecision(4),
  );
}
