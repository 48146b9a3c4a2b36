import { basename, dirname, resolve } from "node:path";
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { InvalidArgumentError, type Command } from "commander";
import { notebookPage } from "../../lab/notebook/export-notebook.ts";
import { notebookText } from "../../lab/notebook/notebook-file.ts";
import { pairOf, pairState, readNotebook } from "../../lab/notebook/pair-notebook.ts";
import { runNotebook, type FailedCell, type NotebookRun } from "../../lab/notebook/run-notebook.ts";
import { RhymeError } from "../../lib/errors.ts";
import { codeHash } from "../code-hash.ts";
import { EXIT } from "../errors.ts";
import { interruptSignal } from "../interrupt.ts";
import { trustNotebook } from "../lab/jupyter-lab.ts";
import { ROOT } from "../test-runner/run-tool.ts";
import { createUi, type Ui } from "../ui.ts";
import { writeWhole } from "../write-whole.ts";

const RUN_EXAMPLES = `Examples:
  ./rhyme notebook run notebooks/*.ipynb
  ./rhyme notebook run my.ts --timeout 600 --out executed.ipynb
  ./rhyme notebook run notebooks/01-candles.ipynb --param file=ETHUSDT-5m.csv.gz --param calendar=24x7 --json
`;

const EXPORT_EXAMPLES = `Examples:
  ./rhyme notebook export notebooks/01-candles.ipynb               01-candles.html beside the working folder
  ./rhyme notebook export notebooks/01-candles.ipynb --html out/01.html --param coarser=1w
`;

interface RunCommandOptions {
  readonly param: Readonly<Record<string, string>>;
  readonly timeout: number;
  readonly out?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addNotebookRun(parent: Command): void {
  addRunOptions(parent.command("run"))
    .summary("execute all cells")
    .description(
      "Runs notebooks in a fresh kernel each, without JupyterLab; nothing is written unless --out says so.",
    )
    .argument("<file...>", "notebooks (.ipynb or .ts)")
    .option("--out <file>", "write the executed notebook here (one notebook only)")
    .option("--html <file>", "write it as a page to read (one notebook only)")
    .addHelpText("before", RUN_EXAMPLES)
    .action((files: string[], options: RunCommandOptions) => runFiles(files, options));
}

export function addNotebookExport(parent: Command): void {
  addRunOptions(parent.command("export"))
    .summary("execute, then write one HTML page to read")
    .description(
      "Runs a notebook and writes it as one self-contained page: figures alive, offline, with its origin.",
    )
    .argument("<file>", "a notebook (.ipynb or .ts)")
    .option("--html <file>", "where the page goes (default: the notebook's name in the working folder)")
    .addHelpText("before", EXPORT_EXAMPLES)
    .action((file: string, options: RunCommandOptions) =>
      runFiles([file], {
        ...options,
        html: options.html ?? `${basename(file).replace(/\.(ipynb|ts)$/, "")}.html`,
      }),
    );
}

function addRunOptions(command: Command): Command {
  return command
    .option(
      "--param <name=value>",
      "a value for the cell tagged parameters; may be repeated",
      addParameter,
      {},
    )
    .option("--timeout <seconds>", "longest time of one cell", seconds, 120)
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress");
}

function addParameter(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([A-Za-z_$][\w$]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("Write it as name=value.");
  return { ...before, [name]: value! };
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError("Give seconds, more than 0.");
  return value;
}

async function runFiles(files: readonly string[], options: RunCommandOptions): Promise<void> {
  const ui = createUi(options);
  for (const target of [options.out, options.html]) assertFolder(target);
  if (files.length > 1 && (options.out !== undefined || options.html !== undefined))
    throw new InvalidArgumentError("--out and --html take one notebook.");
  const done: object[] = [];
  for (const file of files) {
    const run = await runFile(file, options, ui);
    done.push({ file, failed: run.failed, record: run.record });
    if (!options.json) say(ui, file, run);
    if (run.failed) process.exitCode = EXIT.checksFailed;
  }
  if (options.json) ui.json({ schema: "rhyme.notebook-runs/1", runs: done });
}

/** Said before the work is done, not after. */
function assertFolder(target: string | undefined): void {
  if (target === undefined || existsSync(dirname(resolve(target)))) return;
  throw new RhymeError("usage", {
    place: target,
    expected: "a file in a folder that is there",
    received: `no folder ${dirname(target)}`,
    remedy: "Make it first, or name another.",
  });
}

async function runFile(file: string, options: RunCommandOptions, ui: Ui): Promise<NotebookRun> {
  const pair = pairOf(file);
  const state = pairState(pair);
  if (!state.isPaired)
    ui.note(`${pair.ipynb} and its .ts twin are not in step: running the newer, .${state.newest}`);
  const source = state.isPaired || state.newest === "ipynb" ? pair.ipynb : pair.twin;
  const notebook = readNotebook(source);
  const progress = ui.progress(basename(source), notebook.cells.length);
  const run = await runNotebook(notebook, {
    folder: dirname(resolve(source)),
    parameters: options.param,
    timeoutMs: options.timeout * 1000,
    signal: interruptSignal(),
    codeVersion: codeVersion(),
    now: Date.now(),
    onCell: (cell) => progress.update(cell - 1, `cell ${cell}`),
  });
  progress.done();
  if (options.out !== undefined) {
    writeWhole(options.out, notebookText(run.notebook, run.runs));
    const untrusted = await trustNotebook(options.out, interruptSignal());
    if (untrusted !== null) ui.note(`${options.out} could not be signed for JupyterLab: ${untrusted}`);
  }
  if (options.html !== undefined && !run.failed) {
    writeWhole(options.html, notebookPage(run, basename(source)));
    ui.note(`page: ${options.html}`);
  }
  return run;
}

function say(ui: Ui, file: string, { record, failed }: NotebookRun): void {
  if (failed) return sayFailure(ui, file, failed);
  const slowest = record.cells.toSorted((a, b) => b.milliseconds - a.milliseconds)[0];
  const cost = slowest
    ? `, slowest cell ${slowest.cell} with ${(slowest.milliseconds / 1000).toFixed(1)} s`
    : "";
  const most = Math.max(0, ...record.cells.map(({ resident }) => resident));
  ui.out(
    `${ui.green("ok")}  ${file}  ${record.seconds.toFixed(1)} s${cost}, at most ${Math.round(most / 1e6)} MB`,
  );
}

function sayFailure(ui: Ui, file: string, { cell, count, ename, evalue, traceback }: FailedCell): void {
  const counted = count === null ? "" : ` (In [${count}])`;
  const [first = "", ...others] = evalue.split("\n");
  ui.out(`${ui.red("failed")}  ${file}, cell ${cell}${counted}: ${ename}: ${first}`);
  const said = new Set([`${ename}: ${first}`, ...others, first]);
  const rest = traceback
    .join("\n")
    .split("\n")
    .filter((line) => !said.has(line));
  for (const line of [...others, ...rest].slice(0, 20)) ui.out(`  ${line}`);
}

/** The commit where there is one, and the state of the code itself. */
function codeVersion(): string {
  const git = (...args: string[]): string => {
    const { status, stdout } = spawnSync("git", args, { cwd: ROOT, encoding: "utf8" });
    return status === 0 ? stdout.trim() : "";
  };
  const commit = git("rev-parse", "--short=12", "HEAD");
  const dirty =
    commit !== "" && git("status", "--porcelain", "--untracked-files=no") !== "" ? " with changes" : "";
  return `${commit === "" ? "" : `commit ${commit}${dirty}, `}code ${codeHash()}`;
}
