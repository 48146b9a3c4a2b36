import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectKernel, type ExecuteResult, type KernelClient } from "../src/lab/kernel-client.ts";
import { startKernel, type KernelProcess } from "../src/lab/start-kernel.ts";
import { drawnAfter } from "./compare-workbench/drawn-after.ts";
import { middle } from "./compare-workbench/middle.ts";
import { pictureOf } from "./compare-workbench/picture-of.ts";

// How fast the kernel is, over the protocol, as a notebook feels it: node --conditions=lab-source scripts/lab-figures.ts [CHROMIUM]
// Each figure stands beside what was promised. Every one is the median of its runs; the machine's load is said, too.

const NOTEBOOKS = fileURLToPath(new URL("../notebooks/", import.meta.url));
const SCRATCH = fileURLToPath(new URL("../src/scratch-of-figures/", import.meta.url));
const REPEATS = 3;
const [chromium = "chromium"] = process.argv.slice(2);

interface Figure {
  readonly name: string;
  readonly promised: number; // ms
  readonly measured: number[];
}

const figures = new Map<string, Figure>();

function note(name: string, promised: number, milliseconds: number): void {
  const figure = figures.get(name) ?? { name, promised, measured: [] };
  figure.measured.push(milliseconds);
  figures.set(name, figure);
}

async function timed<T>(name: string, promised: number, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  note(name, promised, performance.now() - start);
  return result;
}

function expectOk({ status, outputs }: ExecuteResult): void {
  if (status !== "ok") throw new Error(JSON.stringify(outputs));
}

const CANDLES = `const N = 100_000;
const time = Float64Array.from({ length: N }, (_, i) => Date.UTC(2023, 0, 1) + i * 300_000);
const walk = time.map((_, i) => 30_000 + 4000 * Math.sin(i / 9000) + 300 * Math.sin(i / 37));
const many = makeSeries({
  source: "made", symbol: "WALK", timeframe: "5m", calendar: calendarByName("24x7"),
  openTime: time, open: walk, high: walk.map((p) => p + 20), low: walk.map((p) => p - 20), close: walk.map((p) => p + 5),
  volume: walk.map(() => 1),
});`;

/** A fresh kernel for the work, ended afterwards. */
async function withKernel(work: (client: KernelClient) => Promise<void>): Promise<void> {
  const { client, ...kernel } = await timed("kernel start", 3000, async () => {
    const started: KernelProcess = await startKernel(NOTEBOOKS);
    return { ...started, client: await connectKernel(started.connection) };
  });
  try {
    await work(client);
  } finally {
    client.close();
    kernel.kill();
  }
}

async function round(): Promise<void> {
  // The very first cell of its kernel: it waits for the type checker, too.
  await withKernel((client) =>
    timed("first cell, and it imports the library", 2000, async () =>
      expectOk(await client.execute('import { calendarByName, makeSeries, resample } from "rhyme";')),
    ),
  );
  await withKernel(async (client) => {
    await timed("first cell, and it imports nothing", 2000, () => client.execute("0"));
    for (let i = 0; i < 5; i++)
      await timed("trivial cell", 100, () => client.execute(`const n${i} = ${i};\nn${i} + 1`));
    expectOk(await client.execute('import { calendarByName, makeSeries, resample } from "rhyme";'));
    await completions(client);
    await edit(client);
    await plotting(client);
    await interrupts(client);
  });
}

async function completions(client: KernelClient): Promise<void> {
  for (const code of ["resample(mak", "Math.cb", "const a = calendarBy"])
    await timed("completion", 300, () =>
      client.request("complete_request", { code, cursor_pos: code.length }),
    );
}

/** From the moment an edit is saved until a cell has shown it. */
async function edit(client: KernelClient): Promise<void> {
  mkdirSync(SCRATCH, { recursive: true });
  const file = `${SCRATCH}edited.ts`;
  try {
    writeFileSync(file, "export const value = 1;\n");
    expectOk(await client.execute('import { value } from "../src/scratch-of-figures/edited.ts";'));
    writeFileSync(file, "export const value = 22;\n");
    const { outputs } = await timed("cell after an edit of the sources", 500, () => client.execute("value"));
    if (!JSON.stringify(outputs).includes('"22"'))
      throw new Error(`the edit is not seen: ${JSON.stringify(outputs)}`);
  } finally {
    rmSync(SCRATCH, { recursive: true, force: true });
  }
}

/** The first figure of its kernel: the charting library comes along. */
async function plotting(client: KernelClient): Promise<void> {
  expectOk(await client.execute('import { plot } from "rhyme/notebook";'));
  expectOk(await client.execute(CANDLES));
  const before = performance.now();
  const drawn = await client.execute("plot(many)");
  const sent = performance.now() - before;
  expectOk(drawn);
  note("plot of 100,000 candles, until it is sent", 2000, sent);
  const folder = mkdtempSync(join(tmpdir(), "rhyme-figures-"));
  try {
    const browser = await drawnAfter(chromium, pictureOf(drawn), folder);
    note("plot of 100,000 candles, shown in the browser", 2000, sent + browser);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function interrupts(client: KernelClient): Promise<void> {
  for (const [name, code] of [
    ["interrupt of an endless loop", "while (true) {}"],
    ["interrupt of a wait", "await new Promise(() => {});"],
  ] as const) {
    const running = client.execute(code);
    await new Promise((done) => setTimeout(done, 1500));
    await timed(name, 500, async () => {
      await client.interrupt();
      await running;
    });
  }
}

for (let i = 0; i < REPEATS; i++) await round();
console.log(
  `${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}, ${REPEATS} kernels`,
);
for (const { name, promised, measured } of figures.values()) {
  const [low, high] = [Math.min(...measured), Math.max(...measured)].map(Math.round);
  console.log(
    `${name.padEnd(46)} ${String(Math.round(middle(measured))).padStart(6)} ms  (${low} to ${high})  promised ${promised}`,
  );
}
process.exit(0);
