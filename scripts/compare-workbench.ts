import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectKernel, type ExecuteResult, type KernelClient } from "../src/lab/kernel-client.ts";
import { startKernel, startKernelProcess, type KernelProcess } from "../src/lab/start-kernel.ts";
import { calendarByName, readCandles } from "../src/lib/index.ts";
import { drawnAfter } from "./compare-workbench/drawn-after.ts";

// The same tasks in this workbench and in JupyterLab's Python, side by side over the same protocol:
// RHYME_DATA=… node --conditions=lab-source scripts/compare-workbench.ts PYTHON [CHROMIUM]
// PYTHON has the packages of compare-workbench/requirements.txt. Writes bench/results/workbench.json.

const HERE = fileURLToPath(new URL("./compare-workbench/", import.meta.url));
const [, , python = "python3", chromium = "chromium"] = process.argv;
const [ROWS, REPEATS] = [100_000, 3];
const folder = mkdtempSync(join(tmpdir(), "rhyme-compare-"));
const candles = join(folder, "candles.csv");

interface Task {
  readonly what: string;
  readonly code: string;
  readonly lines: number;
}

interface Side {
  readonly tasks: readonly Task[];
  readonly comment: string;
  readonly loud: string;
  readonly start: () => Promise<KernelProcess>;
}

function tasksOf(file: string, mark: string): Task[] {
  const parts = readFileSync(join(HERE, file), "utf8").split(`${mark} %% `).slice(1);
  return parts.map((part) => {
    const [what, ...rest] = part.trimEnd().split("\n");
    const isCode = (line: string): boolean => line.trim() !== "" && !line.trim().startsWith(mark);
    return { what: what!, code: rest.join("\n"), lines: rest.filter(isCode).length };
  });
}

const env = { COMPARE_FILE: candles };
Object.assign(process.env, env);
const SIDES = {
  rhyme: {
    tasks: tasksOf("tasks.ts", "//"),
    comment: "//",
    loud: 'console.log("it ran");',
    start: () => startKernel(fileURLToPath(new URL("../notebooks/", import.meta.url))),
  },
  python: {
    tasks: tasksOf("tasks.py", "#"),
    comment: "#",
    loud: 'print("it ran")',
    start: () => startKernelProcess((file) => [python, "-m", "ipykernel_launcher", "-f", file], folder, env),
  },
} satisfies Record<string, Side>;

/** The newest 100,000 candles of 5 minutes of BTCUSDT, as one plain CSV for both. */
async function writeCandles(): Promise<void> {
  const data = process.env["RHYME_DATA"];
  if (!data) throw new Error("Set RHYME_DATA: the figures are of real candles.");
  const options = { calendar: calendarByName("24x7"), timeframe: "5m", now: Date.now() };
  const { series } = await readCandles([join(data, "crypto/BTCUSDT-5m.csv.gz")], options);
  const { openTime, open, high, low, close, volume } = series;
  const first = openTime.length - ROWS;
  const row = (i: number): string => [openTime[i], open[i], high[i], low[i], close[i], volume[i]].join();
  const rows = Array.from({ length: ROWS }, (_, i) => row(first + i));
  writeFileSync(candles, ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n"));
}

interface Ran {
  readonly startMs: number;
  readonly taskMs: readonly number[];
  readonly picture: string;
  readonly client: KernelClient;
  readonly kernel: KernelProcess;
}

/** A fresh kernel and the first `count` tasks. */
async function ran({ tasks, start }: Side, count: number): Promise<Ran> {
  const began = performance.now();
  const kernel = await start();
  const client = await connectKernel(kernel.connection);
  const startMs = performance.now() - began;
  const taskMs: number[] = [];
  let picture = "";
  for (const { what, code } of tasks.slice(0, count)) {
    const before = performance.now();
    const result = await client.execute(code);
    taskMs.push(performance.now() - before);
    process.stderr.write(`${what}: ${Math.round(taskMs.at(-1)!)} ms\n`);
    if (result.status !== "ok") throw new Error(`${what}: ${JSON.stringify(result.outputs).slice(0, 2000)}`);
    if (taskMs.length === 3) picture = pictureOf(result);
  }
  return { startMs, taskMs, picture, client, kernel };
}

function pictureOf({ outputs }: ExecuteResult): string {
  for (const output of outputs) {
    if (output.output_type !== "display_data" && output.output_type !== "execute_result") continue;
    const { "text/html": page, "image/png": png } = output.data;
    if (typeof page === "string") return page;
    if (typeof png === "string") return `<img src="data:image/png;base64,${png.replaceAll("\n", "")}" />`;
  }
  throw new Error("the third task draws nothing");
}

function end({ client, kernel }: Ran): void {
  client.close();
  kernel.kill();
}

const median = (values: readonly number[]): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!);

interface FirstPlot {
  readonly start: number;
  readonly import: number;
  readonly read: number;
  readonly draw: number;
  readonly browser: number;
  /** Processor time of the kernel's process, which a busy machine does not stretch. */
  readonly processor: number;
}

/** From nothing to the first chart, the browser included. */
async function firstPlot(side: Side): Promise<FirstPlot> {
  const one = await ran(side, 3);
  const processor = processorTime(one.kernel.child.pid!);
  end(one);
  const [imports, read, draw] = one.taskMs;
  const browser = await drawnAfter(chromium, one.picture, folder);
  process.stderr.write(`in the browser: ${Math.round(browser)} ms\n`);
  return { start: one.startMs, import: imports!, read: read!, draw: draw!, browser, processor };
}

/** ms of a running process, from Linux's /proc; NaN elsewhere. */
function processorTime(pid: number): number {
  if (!existsSync(`/proc/${pid}/stat`)) return NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10; // in hundredths of a second
}

function summary(parts: readonly FirstPlot[]) {
  const middle = (name: keyof FirstPlot): number => median(parts.map((one) => one[name]));
  const total = parts.map((one) => Math.round(one.start + one.import + one.read + one.draw + one.browser));
  return {
    ...{
      startMs: middle("start"),
      importMs: middle("import"),
      readMs: middle("read"),
      drawMs: middle("draw"),
    },
    ...{
      browserMs: middle("browser"),
      totalMs: median(total),
      totals: total,
      processorMs: middle("processor"),
    },
  };
}

type Caught = "before it runs" | "while it runs" | "never";

/** Each mistake in a cell of its own, after all tasks. */
async function caught(side: Side, snippets: readonly string[], whole: Ran): Promise<Caught[]> {
  const found: Caught[] = [];
  for (const snippet of snippets) {
    const { status, outputs } = await whole.client.execute(`${side.loud}\n${snippet}`);
    const isRun = outputs.some((output) => output.output_type === "stream" && output.text.includes("it ran"));
    process.stderr.write(`${snippet.slice(0, 70)}\n`);
    found.push(!isRun ? "before it runs" : status === "ok" ? "never" : "while it runs");
  }
  return found;
}

/** What mypy, asked by hand about the whole notebook as a script, would have said; null where it is not there. */
function caughtByMypy(snippets: readonly string[]): boolean[] | null {
  const head = SIDES.python.tasks.map(({ code }) => code).join("\n");
  const isWhole = (code: string): boolean => !code.includes('resample("1h"') || code.includes(")");
  let text = head;
  const places = snippets.map((snippet, i) => {
    if (!isWhole(snippet)) return null; // would hide all others
    text += `\ndef mistake_${i}() -> object:\n    ${snippet.startsWith("import") ? `${snippet}\n    return 0` : `return ${snippet}`}`;
    return [text.split("\n").length - 1, text.split("\n").length] as const;
  });
  const file = join(folder, "script.py");
  writeFileSync(file, `${text}\n`);
  const args = [
    "-m",
    "mypy",
    "--check-untyped-defs",
    "--follow-imports=silent",
    "--cache-dir",
    join(folder, "mypy"),
    file,
  ];
  const { status, stdout } = spawnSync(python, args, { encoding: "utf8" });
  if (status === null || status > 1) return null;
  const lines = [...stdout.matchAll(/script\.py:(\d+): error/g)].map(([, line]) => Number(line));
  return places.map((place) => place === null || lines.some((line) => line >= place[0] && line <= place[1]));
}

await writeCandles();
const mistakes = JSON.parse(readFileSync(join(HERE, "errors.json"), "utf8")) as {
  what: string;
  ts: string;
  py: string;
}[];
const plots: { rhyme: FirstPlot[]; python: FirstPlot[] } = { rhyme: [], python: [] };
// In turn, so that what else the machine does falls on both.
for (let i = 0; i < REPEATS; i++) {
  plots.rhyme.push(await firstPlot(SIDES.rhyme));
  plots.python.push(await firstPlot(SIDES.python));
}
const wholes = { rhyme: await ran(SIDES.rhyme, 99), python: await ran(SIDES.python, 99) };
// Nobody waits a minute: what one would draw instead.
const lighter = {
  line: 'mpf.plot(df, type="line", warn_too_much_data=1_000_000)',
  days: 'mpf.plot(df.resample("1D").agg(rule), type="candle", volume=True)',
};
const lighterMs: Record<string, number> = {};
for (const [name, code] of Object.entries(lighter)) {
  const before = performance.now();
  const { status } = await wholes.python.client.execute(code);
  lighterMs[name] = status === "ok" ? Math.round(performance.now() - before) : NaN;
}
const rhyme = await caught(
  SIDES.rhyme,
  mistakes.map(({ ts }) => ts),
  wholes.rhyme,
);
const inPython = await caught(
  SIDES.python,
  mistakes.map(({ py }) => py),
  wholes.python,
);
const mypy = caughtByMypy(mistakes.map(({ py }) => py));
end(wholes.rhyme);
end(wholes.python);
const lines = ({ tasks }: Side): number => tasks.reduce((sum, task) => sum + task.lines, 0);
const record = {
  schema: "rhyme.workbench/1",
  measured: new Date().toISOString(),
  machine: {
    cores: cpus().length,
    model: cpus()[0]?.model,
    load: Number(loadavg()[0]!.toFixed(1)),
    node: process.version,
  },
  python: spawnSync(python, ["--version"], { encoding: "utf8" }).stdout.trim(),
  rows: ROWS,
  firstPlot: { rhyme: summary(plots.rhyme), python: summary(plots.python) },
  pythonDrawsInstead: lighterMs,
  lines: { rhyme: lines(SIDES.rhyme), python: lines(SIDES.python) },
  tasks: SIDES.rhyme.tasks.map(({ what, lines: ours }, i) => ({
    what,
    rhyme: { lines: ours, ms: Math.round(wholes.rhyme.taskMs[i]!) },
    python: { lines: SIDES.python.tasks[i]!.lines, ms: Math.round(wholes.python.taskMs[i]!) },
  })),
  mistakes: mistakes.map(({ what, ts, py }, i) => ({
    what,
    ts,
    py,
    rhyme: rhyme[i],
    python: inPython[i],
    mypy: mypy?.[i] ?? null,
  })),
};
writeFileSync(
  fileURLToPath(new URL("../bench/results/workbench.json", import.meta.url)),
  `${JSON.stringify(record, null, 2)}\n`,
);
rmSync(folder, { recursive: true, force: true });
console.log(JSON.stringify(record, null, 2));
process.exit(0);
