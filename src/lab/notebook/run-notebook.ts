import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { RhymeError } from "../../lib/errors.ts";
import { connectKernel, type ExecuteResult, type KernelClient, type Output } from "../kernel-client.ts";
import { startKernel, type KernelProcess } from "../start-kernel.ts";
import type { CellRun, Notebook } from "./notebook-file.ts";
import { withParameters } from "./parameters.ts";

export interface RunOptions {
  /** Where the kernel's cells live: relative imports and paths start here. */
  readonly folder: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Where the names of files among them start; default: the working directory. */
  readonly shell?: string;
  /** Longest time of one cell, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly codeVersion: string;
  readonly now: number;
  readonly onCell?: (number: number, of: number) => void;
}

/** What a page of this run says about where it comes from. */
export interface RunRecord {
  readonly schema: "rhyme.notebook-run/1";
  readonly started: string;
  readonly seconds: number;
  /** Of these the kernel's own work, on all its threads; processes that it starts do not count. */
  readonly processorSeconds: number;
  readonly codeVersion: string;
  readonly node: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Over `data`; null where no file was read. */
  readonly dataHash: string | null;
  readonly data: readonly { readonly file: string; readonly sha256: string }[];
  readonly cells: readonly CellCost[];
}

export interface CellCost {
  /** Number in the notebook as it was given, from 1. */
  readonly cell: number;
  readonly milliseconds: number;
  readonly heapGrowth: number;
  readonly resident: number;
  /** Tensors held after it; null where TensorFlow.js is not loaded. */
  readonly tensors: number | null;
}

export interface FailedCell {
  /** Number of the cell in the notebook as it was given, from 1. */
  readonly cell: number;
  /** Its number in the stack, as in `In [3]`; null where it did not run. */
  readonly count: number | null;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export interface NotebookRun {
  /** The notebook that ran: with a cell that sets the parameters, where some were given. */
  readonly notebook: Notebook;
  readonly runs: readonly CellRun[];
  readonly failed: FailedCell | null;
  readonly record: RunRecord;
}

/**
 * Runs all cells in a fresh kernel, one after another, until one fails.
 * @throws RhymeError "usage" for a parameter that the notebook does not have
 */
export async function runNotebook(given: Notebook, options: RunOptions): Promise<NotebookRun> {
  const { shell = process.cwd() } = options;
  const { notebook, parameters } = withParameters(given, options.parameters, shell);
  const kernel = await startKernel(options.folder);
  try {
    const client = await connectKernel(kernel.connection);
    const done = await runCells(notebook, given, client, kernel, options);
    await Promise.race([client.shutdown(), after(2000)]);
    client.close();
    return { notebook, ...done, record: recordOf(done, parameters, options) };
  } finally {
    kernel.kill();
  }
}

interface Done {
  readonly runs: readonly CellRun[];
  readonly costs: readonly CellCost[];
  readonly files: readonly string[];
  readonly failed: FailedCell | null;
  readonly processorSeconds: number;
  readonly seconds: number;
}

async function runCells(
  { cells }: Notebook,
  given: Notebook,
  client: KernelClient,
  kernel: KernelProcess,
  { timeoutMs, signal, onCell }: RunOptions,
): Promise<Done> {
  const [runs, costs, files]: [CellRun[], CellCost[], string[]] = [[], [], []];
  let [processorSeconds, number] = [0, 1];
  const start = performance.now();
  const died = new Promise<never>((_, reject) => {
    kernel.child.once("exit", (code) => reject(kernelDied(number, code)));
  });
  died.catch(() => undefined);
  let failed: FailedCell | null = null;
  for (const cell of cells) {
    const { kind, source } = cell;
    number = given.cells.indexOf(cell) + 1 || number; // what the run added counts as the one before
    if (kind !== "code" || failed) {
      runs.push({ outputs: [], count: null });
      continue;
    }
    signal.throwIfAborted();
    onCell?.(number, given.cells.length);
    const result = await Promise.race([executeWithin(client, source, timeoutMs, signal), died]);
    const count = Number(result.reply["execution_count"] ?? 0) || null;
    runs.push({ outputs: result.outputs, count });
    failed = failureOf(result, number, count);
    const cost = result.replyMetadata["rhyme"] as
      (Omit<CellCost, "cell"> & { readonly filesRead: string[]; readonly processor: number }) | undefined;
    if (cost) {
      const { milliseconds, heapGrowth, resident, tensors, filesRead, processor } = cost;
      costs.push({ cell: number, milliseconds, heapGrowth, resident, tensors });
      files.push(...filesRead);
      processorSeconds = processor;
    }
  }
  const seconds = (performance.now() - start) / 1000;
  const last = runs.findLastIndex(({ count }) => count !== null);
  if (!failed && last >= 0) {
    const late = await Promise.race([stragglers(client), died]);
    runs[last] = { ...runs[last]!, outputs: [...runs[last]!.outputs, ...late] };
  }
  return { runs, costs, files, failed, processorSeconds, seconds };
}

/** Gives what no cell waited for, such as promises that fail, a moment; returns what it prints that is no cell's own. */
async function stragglers(client: KernelClient): Promise<readonly Output[]> {
  return (await client.execute("await new Promise((done) => setTimeout(done, 50));")).outputs;
}

async function executeWithin(
  client: KernelClient,
  code: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ExecuteResult> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void client.interrupt();
  }, timeoutMs);
  const stop = (): void => void client.interrupt();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const grace = after(timeoutMs + 10_000).then(() => null);
    const result = await Promise.race([client.execute(code), grace]);
    signal.throwIfAborted();
    if (isLate || result === null) return lateResult(result, timeoutMs);
    return result;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** The interrupt that ended a cell is our own doing: the reader wants to know of the limit. */
function lateResult(result: ExecuteResult | null, timeoutMs: number): ExecuteResult {
  const evalue = `The cell took longer than ${timeoutMs / 1000} s. Give it more with --timeout, or less to do.`;
  const error: Output = { output_type: "error", ename: "Timeout", evalue, traceback: [`Timeout: ${evalue}`] };
  const outputs = (result?.outputs ?? []).filter(({ output_type }) => output_type !== "error");
  return {
    status: "error",
    outputs: [...outputs, error],
    reply: result?.reply ?? {},
    replyMetadata: {},
    published: [],
  };
}

function failureOf(
  { status, outputs }: ExecuteResult,
  cell: number,
  count: number | null,
): FailedCell | null {
  if (status === "ok") return null;
  const error = outputs.find((output) => output.output_type === "error");
  if (error?.output_type !== "error")
    return { cell, count, ename: "Kernel", evalue: `the cell was ${status}`, traceback: [] };
  const { ename, evalue, traceback } = error;
  return { cell, count, ename, evalue, traceback };
}

function kernelDied(cell: number, code: number | null): Error {
  return new RhymeError("input", {
    place: `cell ${cell}`,
    expected: "a kernel that runs it",
    received: `the kernel ended (${code === null ? "killed, perhaps for lack of memory" : `exit ${code}`})`,
    remedy: "Run the cell alone in ./rhyme lab, or on less data.",
  });
}

function recordOf(
  { costs, files, seconds, processorSeconds }: Done,
  parameters: RunRecord["parameters"],
  options: RunOptions,
): RunRecord {
  // What a notebook made itself and deleted again is no data that it came from.
  const kept = [...new Set(files)].filter((file) => existsSync(file)).sort();
  const data = kept.map((file) => ({ file, sha256: sha256(readFileSync(file)) }));
  const dataHash =
    data.length > 0
      ? sha256(
          data
            .map(({ sha256: hash }) => hash)
            .sort()
            .join("\n"),
        )
      : null;
  const { codeVersion, now } = options;
  const started = new Date(now).toISOString();
  return {
    schema: "rhyme.notebook-run/1",
    started,
    seconds,
    processorSeconds,
    codeVersion,
    node: process.version,
    parameters,
    dataHash,
    data,
    cells: costs,
  };
}

function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

function after(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}
