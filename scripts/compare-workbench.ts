import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { WorkbenchRecord } from "../bench/workbench-record.ts";
import { withWorkbench } from "../bench/workbench-table.ts";
import { calendarByName, readCandles } from "../src/lib/index.ts";
import { end, firstPlot, ofRounds, ran, type FirstPlot, type Ran } from "./compare-workbench/first-plot.ts";
import { caught, caughtByMypy, mistakesToMake } from "./compare-workbench/mistakes.ts";
import { bothSides, type Side, type Sides } from "./compare-workbench/sides.ts";

// The same tasks in this workbench and in JupyterLab's Python, side by side over the same protocol:
// RHYME_DATA=… node --conditions=lab-source scripts/compare-workbench.ts PYTHON [CHROMIUM]
// PYTHON has the packages of compare-workbench/requirements.txt. Writes bench/results/workbench.json and from it the
// tables of notebooks/README.md; --readme writes the tables alone.

const RESULT = new URL("../bench/results/workbench.json", import.meta.url);
const PAGE = new URL("../notebooks/README.md", import.meta.url);
type Instead = NonNullable<WorkbenchRecord["pythonDrawsInstead"]>;
const [ROWS, REPEATS] = [100_000, 3];

/** The newest candles of 5 minutes of BTCUSDT, as one plain CSV for both. */
async function writeCandles(file: string): Promise<void> {
  const data = process.env["RHYME_DATA"];
  if (!data) throw new Error("Set RHYME_DATA: the figures are of real candles.");
  const options = { calendar: calendarByName("24x7"), timeframe: "5m", now: Date.now() };
  const { series } = await readCandles([join(data, "crypto/BTCUSDT-5m.csv.gz")], options);
  const { openTime, open, high, low, close, volume } = series;
  const first = openTime.length - ROWS;
  const row = (i: number): string => [openTime[i], open[i], high[i], low[i], close[i], volume[i]].join();
  const rows = Array.from({ length: ROWS }, (_, i) => row(first + i));
  writeFileSync(file, ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n"));
}

/** Nobody waits a minute for candles: what one would draw instead, ms. */
async function drawnInstead({ client }: Ran): Promise<Instead> {
  const timed = async (code: string): Promise<number | null> => {
    const before = performance.now();
    const { status } = await client.execute(code);
    return status === "ok" ? Math.round(performance.now() - before) : null;
  };
  return {
    line: await timed('mpf.plot(df, type="line", warn_too_much_data=1_000_000)'),
    days: await timed('mpf.plot(df.resample("1D").agg(rule), type="candle", volume=True)'),
  };
}

interface Found {
  readonly plots: Record<keyof Sides, FirstPlot[]>;
  readonly wholes: Record<keyof Sides, Ran>;
  readonly instead: Instead;
  readonly mistakes: WorkbenchRecord["mistakes"];
}

async function measured(sides: Sides, python: string, chromium: string, folder: string): Promise<Found> {
  const plots: Found["plots"] = { rhyme: [], python: [] };
  // In turn, so that what else the machine does falls on both.
  for (let i = 0; i < REPEATS; i++) {
    plots.rhyme.push(await firstPlot(sides.rhyme, chromium, folder));
    plots.python.push(await firstPlot(sides.python, chromium, folder));
  }
  const wholes = { rhyme: await ran(sides.rhyme, 99), python: await ran(sides.python, 99) };
  const instead = await drawnInstead(wholes.python);
  const made = mistakesToMake();
  const [ts, py] = [made.map((one) => one.ts), made.map((one) => one.py)];
  const [rhyme, inPython] = [
    await caught(sides.rhyme, ts, wholes.rhyme),
    await caught(sides.python, py, wholes.python),
  ];
  const mypy = caughtByMypy(python, sides.python, py, folder);
  end(wholes.rhyme);
  end(wholes.python);
  const mistakes = made.map((one, i) => {
    const found = { rhyme: rhyme[i]!, python: inPython[i]!, mypy: mypy?.[i] ?? null };
    return { ...one, ...found };
  });
  return { plots, wholes, instead, mistakes };
}

function recordOf(
  sides: Sides,
  python: string,
  { plots, wholes, instead, mistakes }: Found,
): WorkbenchRecord {
  const lines = ({ tasks }: Side): number => tasks.reduce((sum, task) => sum + task.lines, 0);
  const taskOf = (side: keyof Sides, i: number) => ({
    lines: sides[side].tasks[i]!.lines,
    ms: Math.round(wholes[side].taskMs[i]!),
  });
  const load = Number(loadavg()[0]!.toFixed(1));
  return {
    schema: "rhyme.workbench/1",
    measured: new Date().toISOString(),
    machine: { cores: cpus().length, model: cpus()[0]?.model, load, node: process.version },
    python: spawnSync(python, ["--version"], { encoding: "utf8" }).stdout.trim(),
    rows: ROWS,
    firstPlot: { rhyme: ofRounds(plots.rhyme), python: ofRounds(plots.python) },
    pythonDrawsInstead: instead,
    lines: { rhyme: lines(sides.rhyme), python: lines(sides.python) },
    tasks: sides.rhyme.tasks.map(({ what }, i) => ({
      ...{ what, rhyme: taskOf("rhyme", i), python: taskOf("python", i) },
    })),
    mistakes,
  };
}

async function measure(python: string, chromium: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "rhyme-compare-"));
  try {
    const env = { COMPARE_FILE: join(folder, "candles.csv") };
    Object.assign(process.env, env);
    await writeCandles(env.COMPARE_FILE);
    const sides = bothSides(python, folder, env);
    const record = recordOf(sides, python, await measured(sides, python, chromium, folder));
    writeFileSync(RESULT, `${JSON.stringify(record, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [python = "python3", chromium = "chromium"] = process.argv.slice(2);
if (python !== "--readme") await measure(python, chromium);
const record = JSON.parse(readFileSync(RESULT, "utf8")) as WorkbenchRecord;
writeFileSync(PAGE, withWorkbench(readFileSync(PAGE, "utf8"), record));
process.exit(0);
