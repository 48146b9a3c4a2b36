import { existsSync, readFileSync } from "node:fs";
import type { FirstPlotRecord } from "../../bench/workbench-record.ts";
import { connectKernel, type KernelClient } from "../../src/lab/kernel-client.ts";
import type { KernelProcess } from "../../src/lab/start-kernel.ts";
import { drawnAfter } from "./drawn-after.ts";
import { middle } from "./middle.ts";
import { pictureOf } from "./picture-of.ts";
import type { Side } from "./sides.ts";

export interface Ran {
  readonly startMs: number;
  readonly taskMs: readonly number[];
  readonly picture: string;
  readonly client: KernelClient;
  readonly kernel: KernelProcess;
}

/** A fresh kernel and the first `count` tasks; the third of them draws. */
export async function ran({ tasks, start }: Side, count: number): Promise<Ran> {
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

export function end({ client, kernel }: Ran): void {
  client.close();
  kernel.kill();
}

export interface FirstPlot {
  readonly start: number;
  readonly import: number;
  readonly read: number;
  readonly draw: number;
  readonly browser: number;
  /** Processor time of the kernel's process, which a busy machine does not stretch. */
  readonly processor: number;
}

/** From nothing to the first chart, the browser included. */
export async function firstPlot(side: Side, chromium: string, folder: string): Promise<FirstPlot> {
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

/** Medians of the rounds, part by part and as a whole. */
export function ofRounds(parts: readonly FirstPlot[]): FirstPlotRecord {
  const median = (name: keyof FirstPlot): number => Math.round(middle(parts.map((one) => one[name])));
  const totals = parts.map((one) => Math.round(one.start + one.import + one.read + one.draw + one.browser));
  const processor = median("processor");
  return {
    ...{ startMs: median("start"), importMs: median("import"), readMs: median("read") },
    ...{ drawMs: median("draw"), browserMs: median("browser") },
    ...{ totalMs: Math.round(middle(totals)), totals },
    processorMs: Number.isNaN(processor) ? null : processor,
  };
}
