import { existsSync, readFileSync, statSync } from "node:fs";
import { Option, type Command } from "commander";
import { writeEncoderFolder } from "../../lib/adapters/artefacts/encoder-folder.ts";
import { writeAtomically } from "../../lib/adapters/files/write-atomically.ts";
import { exportStateDict } from "../../lib/encoder/gnn/exchange/export-state-dict.ts";
import { importEncoder } from "../../lib/encoder/gnn/exchange/import-encoder.ts";
import { exportOnnx, OPSETS } from "../../lib/encoder/gnn/exchange/onnx/export-onnx.ts";
import { parseStateDictMap, pygMap } from "../../lib/encoder/gnn/exchange/state-dict-map.ts";
import { readSafetensors, writeSafetensors } from "../../lib/encoder/safetensors.ts";
import { RhymeError } from "../../lib/errors.ts";
import { calendar24x7 } from "../../lib/time/calendar-24x7.ts";
import { iso } from "../../lib/time/units.ts";
import { numberOf } from "../candle-options.ts";
import { parseInstant } from "../instant.ts";
import { createUi, formatBytes } from "../ui.ts";
import { readGnn } from "./read-gnn.ts";

const MOST_BYTES = 1_000_000_000;

interface ImportCommandOptions {
  readonly from: string;
  readonly map?: string;
  readonly like: string;
  readonly knownAt: string;
  readonly out: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme encoder import`: weights of a PyTorch state dict as an artefact. */
export function addImport(command: Command): void {
  command
    .command("import")
    .summary("a PyTorch Geometric state dict as an artefact")
    .description(
      "Weights that were trained elsewhere; design, features and scaling are those of an artefact.",
    )
    .requiredOption("--from <file>", "the state dict, as safetensors")
    .option("--map <file>", "where each weight is (default: names of scripts/pyg/rhyme_pyg.py)")
    .requiredOption("--like <folder>", "artefact whose design, features and scaling the training used")
    .requiredOption("--known-at <time>", "the newest candle that the training has seen")
    .requiredOption("--out <folder>", "the new artefact")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .action(runImport);
}

async function runImport(options: ImportCommandOptions): Promise<void> {
  const ui = createUi(options);
  const base = await readGnn(options.like);
  const map =
    options.map === undefined
      ? pygMap(base.model.shape)
      : parseStateDictMap(new TextDecoder().decode(bytesOf(options.map, "--map")), options.map);
  const { tensors } = readSafetensors(bytesOf(options.from, "--from"), options.from);
  const encoder = importEncoder(base, tensors, map, {
    knownAt: parseInstant(options.knownAt, calendar24x7, "--known-at"),
    place: options.from,
    mapPlace: options.map ?? "map",
  });
  await writeEncoderFolder(options.out, encoder);
  const { version, kind, knownAt } = encoder;
  if (options.json)
    return ui.json({
      schema: "rhyme.encoder-import/1",
      out: options.out,
      version,
      kind,
      knownAt: iso(knownAt),
    });
  ui.out(`${options.out}: ${version}, ${Object.keys(tensors).length} tensors, known at ${iso(knownAt)}`);
}

interface ExportCommandOptions {
  readonly to: "safetensors" | "onnx";
  readonly out: string;
  readonly opset: number;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme encoder export`: an artefact's weights for PyTorch Geometric, or the whole of it for ONNX. */
export function addExport(command: Command): void {
  command
    .command("export")
    .summary("an artefact for PyTorch Geometric or ONNX")
    .description("safetensors: a state dict, and its map beside it. onnx: layers, readouts and projection.")
    .argument("<folder>", "the artefact")
    .addOption(new Option("--to <format>", "which").choices(["safetensors", "onnx"]).makeOptionMandatory())
    .requiredOption("--out <file>", "where to")
    .option("--opset <number>", "of ONNX operators", numberOf("--opset", 1), OPSETS.least)
    .option("--force", "replace a file that is there")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .action(runExport);
}

async function runExport(folder: string, options: ExportCommandOptions): Promise<void> {
  const ui = createUi(options);
  const { out } = options;
  const { model, version, kind } = await readGnn(folder);
  const files = new Map<string, Uint8Array>();
  if (options.to === "onnx") files.set(out, exportOnnx(model, version, options.opset));
  else {
    const map = `${out.replace(/\.safetensors$/, "")}.map.json`;
    files.set(out, writeSafetensors({ tensors: exportStateDict(model), metadata: { version } }));
    files.set(map, new TextEncoder().encode(`${JSON.stringify(pygMap(model.shape), null, 1)}\n`));
  }
  for (const path of files.keys()) refuseReplacing(path, options.force === true);
  for (const [path, bytes] of files) writeAtomically(path, bytes);
  const written = [...files].map(([path, { length }]) => ({ path, bytes: length }));
  if (options.json)
    return ui.json({ schema: "rhyme.encoder-export/1", version, kind, to: options.to, written });
  for (const { path, bytes } of written) ui.out(`${path}: ${formatBytes(bytes)}`);
}

function refuseReplacing(path: string, force: boolean): void {
  if (force || !existsSync(path)) return;
  throw new RhymeError("usage", {
    place: path,
    expected: "no such file",
    received: "a file that is there",
    remedy: "Choose another name, or add --force.",
  });
}

function bytesOf(path: string, place: string): Uint8Array {
  const size = statSync(path, { throwIfNoEntry: false });
  if (size?.isFile() && size.size <= MOST_BYTES) return readFileSync(path);
  throw new RhymeError("usage", {
    place: `${place} ${path}`,
    expected: `a file of at most ${formatBytes(MOST_BYTES)}`,
    received: size ? (size.isFile() ? formatBytes(size.size) : "no file") : "nothing there",
    remedy: "Correct the path.",
  });
}
