import { spawn } from "node:child_process";
import { InvalidArgumentError, type Command } from "commander";
import { EXIT } from "../errors.ts";
import { interruptSignal } from "../interrupt.ts";
import { JUPYTER, labEnvironment, labFlags, labState } from "../lab/jupyter-lab.ts";
import { installPython, pythonFolder } from "../private-python.ts";
import { createUi, type Ui } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme lab                          JupyterLab on notebooks/, in the browser
  ./rhyme lab --no-browser --port 8899     prints the address with its token
  ./rhyme lab --check                  what is missing; installs nothing
`;

const NOTES = `
JupyterLab is installed once into rhyme's own cache (Python 3.11 or newer, 260 MB); nothing else of your Python or
Jupyter is touched. It listens on this machine only, and asks for the token in the address.`;

interface LabOptions {
  readonly browser: boolean;
  readonly port: number;
  readonly check?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme lab`: JupyterLab with the project's TypeScript kernel. */
export function addLab(program: Command): void {
  program
    .command("lab")
    .summary("JupyterLab with a TypeScript kernel on the project's own sources")
    .description(
      "Opens JupyterLab on notebooks/, with a TypeScript kernel that runs the project's own sources.",
    )
    .option("--no-browser", "do not open a browser")
    .option("--port <number>", "where it listens; the next free one if it is taken", port, 8888)
    .option("--check", "say what is missing, install and start nothing")
    .option("--json", "with --check: one JSON document on stdout")
    .option("--quiet", "no remarks")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(runLab);
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError("Give 1 to 65535.");
  return value;
}

async function runLab(options: LabOptions): Promise<void> {
  const ui = createUi(options);
  const signal = interruptSignal();
  if (options.check) return checkLab(ui, options.json ?? false);
  const failure = await installPython(JUPYTER, { ui, signal });
  if (failure !== null) {
    process.stderr.write(`error: ${failure}\n`);
    process.exitCode = EXIT.badInput;
    return;
  }
  const folder = pythonFolder(JUPYTER);
  const child = spawn(`${folder}/bin/python`, ["-m", "jupyterlab", ...labFlags(options)], {
    stdio: "inherit",
    env: labEnvironment(folder),
  });
  // Ctrl-C reaches JupyterLab itself, which asks whether to stop; a second one ends it.
  signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 0));
  });
}

async function checkLab(ui: Ui, json: boolean): Promise<void> {
  const state = await labState(interruptSignal());
  const missing = state.filter(({ isThere }) => !isThere);
  if (json) ui.json({ schema: "rhyme.lab/1", ready: missing.length === 0, parts: state });
  else
    for (const { part, isThere, says } of state)
      ui.out(`${isThere ? ui.green("ok     ") : ui.red("missing")}  ${part}: ${says}`);
  if (missing.length > 0) process.exitCode = EXIT.checksFailed;
}
