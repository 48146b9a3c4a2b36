import { Argument, type Command } from "commander";
import { GROUPS } from "../../../bench/groups.ts";
import type { BenchRow } from "../../../bench/row.ts";
import { RhymeError } from "../../lib/errors.ts";
import { pygPython } from "../encoder/pyg-python.ts";
import { EXIT } from "../errors.ts";
import { interruptSignal } from "../interrupt.ts";
import { measuredHere } from "../machine.ts";
import { runTool } from "../test-runner/run-tool.ts";
import { createUi, type Ui } from "../ui.ts";
import { writeWhole } from "../write-whole.ts";

const EXAMPLES = `Examples:
  ./rhyme bench                          the core: encoding, answering, searching, reading, opening
  ./rhyme bench core --work exact-search
  ./rhyme bench encoders                 beside PyTorch Geometric and faiss-cpu, which it installs first: 6 GB
  ./rhyme bench --full --out bench/results/core.json
  ./rhyme bench --json | jq '.rows[] | select(.ok | not)'
`;

const NOTES = `
Every piece of work runs in a process of its own; where a peer is named, both run in it, one after the other. A ratio
says how many times better than the peer. Exit: 0 all targets met, 1 not.`;

interface BenchOptions {
  readonly work?: string;
  readonly full?: boolean;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `./rhyme bench`: how fast, beside what a user would take instead. */
export function addBench(program: Command): void {
  program
    .command("bench")
    .summary("how fast, beside what a user would take instead")
    .description("Measures this machine: each row with its peer, its ratio and its target.")
    .addArgument(new Argument("[group]", "which part").choices(Object.keys(GROUPS)).default("core"))
    .option("--work <name>", "one piece of work alone")
    .option("--full", "also the heavier rows")
    .option("--out <file>", "also write the JSON document there")
    .option("--json", "one JSON document on stdout, all else on stderr")
    .option("--quiet", "no remarks, no progress")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES)
    .action(run);
}

async function run(group: string, options: BenchOptions): Promise<void> {
  const ui = createUi(options);
  const names = await worksOf(group, options);
  const signal = interruptSignal();
  // Inherited by the processes that measure.
  if (group === "encoders") process.env["RHYME_PYG_PYTHON"] = await pygPython({ ui, signal });
  const progress = ui.progress("measuring", names.length);
  const rows: BenchRow[] = [];
  for (const [i, name] of names.entries()) {
    progress.update(i, name);
    rows.push(...(await measure(group, name, signal)));
  }
  progress.done();
  const document = {
    schema: "rhyme.bench/1",
    group,
    full: options.full === true,
    ...(await measuredHere(signal)),
    rows,
  };
  if (options.out !== undefined) writeWhole(options.out, `${JSON.stringify(document, null, 2)}\n`);
  if (options.json) ui.json(document);
  else print(ui, rows);
  if (rows.some(({ ok }) => !ok)) process.exitCode = EXIT.checksFailed;
}

async function worksOf(group: string, { work, full }: BenchOptions): Promise<readonly string[]> {
  const works = await GROUPS[group]!();
  if (work === undefined) return works.filter(({ heavy }) => full || !heavy).map(({ name }) => name);
  if (works.some(({ name }) => name === work)) return [work];
  throw new RhymeError("usage", {
    place: `--work ${work}`,
    expected: `one of ${works.map(({ name }) => name).join(", ")}`,
    received: work,
    remedy: "Name one of them, or leave --work out.",
  });
}

async function measure(group: string, work: string, signal: AbortSignal): Promise<readonly BenchRow[]> {
  const flags = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];
  const { exitCode, output } = await runTool([...flags, "bench/work.ts", group, work], {
    signal,
    colour: false,
  });
  signal.throwIfAborted();
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  if (exitCode === 0 && line.startsWith("[")) return JSON.parse(line) as readonly BenchRow[];
  throw new Error(`${work} of ${group} gave no figures: ${output.trim().slice(-400) || `exit ${exitCode}`}`);
}

function print(ui: Ui, rows: readonly BenchRow[]): void {
  const number = (value: number | null): string | null => value?.toLocaleString("en-US") ?? null;
  ui.table([
    ["work", "ours", "theirs", "unit", "ratio", "target", ""],
    ...rows.map(({ work, ours, theirs, unit, ratio, target, ok }) => [
      work,
      number(ours),
      number(theirs),
      unit,
      ratio === null ? null : `${number(ratio)} ×`,
      target,
      ok ? ui.green("ok") : ui.red("missed"),
    ]),
  ]);
  for (const { work, against, notes } of rows)
    ui.out(`${work}: ${against ? `against ${against}; ` : ""}${notes}`);
}
