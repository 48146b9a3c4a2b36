import { RhymeError } from "../../lib/errors.ts";
import { connectKernel, type ExecuteResult, type KernelClient } from "../kernel-client.ts";
import { startKernel, type KernelProcess } from "../start-kernel.ts";
import type { CellRun, Notebook } from "./notebook-file.ts";
import { after, executeWithin } from "./execute-within.ts";
import { withParameters } from "./parameters.ts";
import { recordOf, type CellCost, type RunFacts, type RunRecord } from "./run-record.ts";

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
  let client: KernelClient | null = null;
  try {
    client = await connected(kernel, options.signal);
    const done = await runCells(notebook, given, client, kernel, options);
    await Promise.race([client.shutdown().catch(() => undefined), after(2000)]);
    return { notebook, ...done, record: recordOf(done, parameters, options) };
  } finally {
    client?.close();
    kernel.kill();
  }
}

/** A kernel on a busy machine answers after some seconds; one that says nothing for longer will not. */
const START = 60_000; // ms

async function connected(kernel: KernelProcess, signal: AbortSignal): Promise<KernelClient> {
  const died = new AbortController();
  kernel.child.once("exit", (code) => died.abort(kernelDied("the kernel", endOf(code))));
  kernel.child.once("error", (error) => died.abort(kernelDied("the kernel", error.message)));
  const late = AbortSignal.timeout(START);
  try {
    return await connectKernel(kernel.connection, AbortSignal.any([signal, died.signal, late]));
  } catch (error) {
    if (late.aborted) throw kernelDied("the kernel", `no answer for ${START / 1000} s`);
    throw error;
  }
}

interface Done extends RunFacts {
  readonly runs: readonly CellRun[];
  readonly failed: FailedCell | null;
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
  let death: Error | null = null;
  kernel.child.once("exit", (code) => {
    death = kernelDied(`cell ${number}`, endOf(code));
    client.close(); // the cell that ran gives what it showed so far
  });
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
    const result = await executeWithin(client, source, timeoutMs, signal);
    const count = Number(result.reply["execution_count"] ?? 0) || null;
    runs.push({ outputs: result.outputs, count });
    failed = death ? deadCell(death, number) : failureOf(result, number, count);
    const cost = result.replyMetadata["rhyme"] as
      (Omit<CellCost, "cell"> & { readonly filesRead: string[]; readonly processor: number }) | undefined;
    if (cost) {
      const { milliseconds, heapGrowth, resident, tensors, strays, filesRead, processor } = cost;
      costs.push({ cell: number, milliseconds, heapGrowth, resident, tensors, strays });
      files.push(...filesRead);
      processorSeconds = processor;
    }
  }
  const seconds = (performance.now() - start) / 1000;
  const last = runs.findLastIndex(({ count }) => count !== null);
  if (!failed && last >= 0) {
    const late = await stragglers(client);
    runs[last] = { ...runs[last]!, outputs: [...runs[last]!.outputs, ...late.outputs] };
    const cost = costs.at(-1);
    const strays = (late.replyMetadata["rhyme"] as Partial<CellCost> | undefined)?.strays ?? 0;
    if (cost) costs[costs.length - 1] = { ...cost, strays: cost.strays + strays };
    if (death) failed = deadCell(death, number);
  }
  return { runs, costs, files, failed, processorSeconds, seconds };
}

/** Gives what no cell waited for, such as promises that fail, a moment; returns what it prints that is no cell's own. */
function stragglers(client: KernelClient): Promise<ExecuteResult> {
  return client.execute("await new Promise((done) => setTimeout(done, 50));");
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

function kernelDied(place: string, received: string): RhymeError {
  return new RhymeError("input", {
    place,
    expected: "a kernel that runs",
    received,
    remedy: "Run the cell alone in ./rhyme lab, or on less data.",
  });
}

function endOf(code: number | null): string {
  return `the kernel ended (${code === null ? "killed, perhaps for lack of memory" : `exit ${code}`})`;
}

function deadCell({ message }: Error, cell: number): FailedCell {
  return { cell, count: null, ename: "Kernel", evalue: message, traceback: [] };
}
