import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { allNotebooks } from "../../lab/notebook/all-notebooks.ts";
import { notebookFaults } from "../../lab/notebook/check-notebook.ts";
import { pairFrom, pairOf, pairState, type Side } from "../../lab/notebook/pair-notebook.ts";
import { EXIT } from "../errors.ts";
import { interruptSignal } from "../interrupt.ts";
import { ROOT, runTool } from "../test-runner/run-tool.ts";
import { createUi } from "../ui.ts";
import { writeNotebook } from "./write-notebook.ts";

const PAIR_EXAMPLES = `Examples:
  ./rhyme notebook pair notebooks/01-candles.ts              the edited one wins
  ./rhyme notebook pair notebooks/*.ipynb --from ipynb       after work in JupyterLab; outputs are left out
`;

const CHECK_EXAMPLES = `Examples:
  ./rhyme notebook check                       every notebook of notebooks/
  ./rhyme notebook check mine.ipynb --no-types
`;

interface QuietOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addNotebookPair(parent: Command): void {
  parent
    .command("pair")
    .summary("bring .ipynb and .ts into step")
    .description("Writes both files of a notebook from the one that was edited; outputs are left out.")
    .argument("<file...>", "notebooks (.ipynb or .ts)")
    .addOption(new Option("--from <side>", "which of the two is right").choices(["ipynb", "ts"]))
    .option("--quiet", "no remarks")
    .addHelpText("before", PAIR_EXAMPLES)
    .action((files: string[], options: QuietOptions & { readonly from?: Side }) => {
      const ui = createUi(options);
      for (const file of files) {
        const pair = pairOf(file);
        const side = options.from ?? pairState(pair).newest;
        const made = pairFrom(pair, options.from ?? null);
        const changed = [writeNotebook(pair.ipynb, made.ipynb), writeNotebook(pair.twin, made.twin)];
        ui.note(
          changed.some(Boolean) ? `${pair.ipynb} and .ts follow the .${side}` : `${pair.ipynb} is in step`,
        );
      }
    });
}

export function addNotebookCheck(parent: Command): void {
  parent
    .command("check")
    .summary("paired, without outputs, and sound in types")
    .description("Says what keeps notebooks from being committed; exit 1 if anything does.")
    .argument("[file...]", "notebooks (default: all of notebooks/)")
    .option("--no-types", "leave out the type check of the .ts twins")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks")
    .addHelpText("before", CHECK_EXAMPLES)
    .action(check);
}

async function check(
  files: readonly string[],
  options: QuietOptions & { readonly types: boolean },
): Promise<void> {
  const ui = createUi(options);
  const chosen = files.length > 0 ? files : ownNotebooks();
  const pairs = chosen.map(pairOf);
  const faults = pairs.flatMap(notebookFaults);
  if (options.types) faults.push(...(await typeFaults(pairs.map(({ twin }) => twin))));
  if (options.json) ui.json({ schema: "rhyme.notebook-check/1", notebooks: chosen, faults });
  else for (const fault of faults) ui.out(`${ui.red("fault")}  ${fault}`);
  if (faults.length > 0) process.exitCode = EXIT.checksFailed;
  else if (!options.json)
    ui.out(`${ui.green("ok")}  ${chosen.length} ${chosen.length === 1 ? "notebook" : "notebooks"}`);
}

function ownNotebooks(): string[] {
  return allNotebooks(join(ROOT, "notebooks")).map((stem) => relative(process.cwd(), `${stem}.ipynb`));
}

/** What tsc says about the twins, in their own lines. Twins outside the project are checked as they are. */
async function typeFaults(twins: readonly string[]): Promise<string[]> {
  const present = twins.filter((twin) => existsSync(twin)).map((twin) => resolve(twin));
  if (present.length === 0) return [];
  const args = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--pretty", "false"];
  const { output } = await runTool(args, { signal: interruptSignal(), colour: false });
  return output
    .split("\n")
    .filter((line) => present.some((twin) => line.startsWith(`${relative(ROOT, twin)}(`)));
}
