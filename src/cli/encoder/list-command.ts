import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { RhymeError } from "../../lib/errors.ts";
import { iso } from "../../lib/time/units.ts";
import { EXIT } from "../errors.ts";
import { ROOT } from "../test-runner/run-tool.ts";
import { createUi } from "../ui.ts";
import { describeEncoder } from "./describe-encoder.ts";
import { readGnn } from "./read-gnn.ts";

interface ListOptions {
  readonly json?: boolean;
}

/** `./rhyme encoder list [FOLDER…]`: the artefacts there are. */
export function addList(command: Command): void {
  command
    .command("list")
    .summary("artefacts of some folders")
    .description(
      "Every encoder's artefact in these folders; one that cannot be loaded is named with the reason.",
    )
    .argument("[folder...]", "artefacts, or folders of them (default: those that come with the project)")
    .option("--json", "one JSON document on stdout")
    .action(run);
}

async function run(folders: readonly string[], options: ListOptions): Promise<void> {
  const ui = createUi(options);
  const found = (folders.length > 0 ? folders : [join(ROOT, "artefacts")]).flatMap(artefactsIn);
  const encoders: Record<string, unknown>[] = [];
  const refused: { readonly folder: string; readonly reason: string }[] = [];
  const rows = [["folder", "version", "layers", "hidden", "timeframes", "readout", "features", "known at"]];
  for (const folder of found) {
    try {
      const encoder = await readGnn(folder);
      const { shape, design } = encoder.model;
      encoders.push(describeEncoder(folder, encoder));
      rows.push([
        ...[folder, encoder.version, `${shape.layers} ${encoder.kind}`, String(shape.hidden)],
        ...[design.timeframes.join(" "), shape.readout.join(" "), encoder.featureSet, iso(encoder.knownAt)],
      ]);
    } catch (error) {
      if (!(error instanceof RhymeError)) throw error;
      refused.push({ folder, reason: error.message });
    }
  }
  if (options.json) ui.json({ schema: "rhyme.encoders/1", encoders, refused });
  else {
    if (rows.length > 1) ui.table(rows);
    else ui.out("no encoders");
    for (const { reason } of refused) ui.out(`cannot be loaded: ${reason}`);
  }
  if (refused.length > 0) process.exitCode = EXIT.checksFailed;
}

/** The folder itself, or those in it that hold a manifest. */
function artefactsIn(folder: string): readonly string[] {
  if (!existsSync(folder))
    throw new RhymeError("usage", {
      place: folder,
      expected: "a folder",
      received: "nothing there",
      remedy: "Name an artefact, or a folder that holds some.",
    });
  if (existsSync(join(folder, "encoder.json"))) return [folder];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, "encoder.json")));
}
