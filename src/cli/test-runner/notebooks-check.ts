import { join } from "node:path";
import { allNotebooks } from "../../lab/notebook/all-notebooks.ts";
import { notebookFaults } from "../../lab/notebook/check-notebook.ts";
import { ciParameters } from "../../lab/notebook/ci-parameters.ts";
import { readNotebook } from "../../lab/notebook/pair-notebook.ts";
import { runNotebook, type FailedCell, type NotebookRun } from "../../lab/notebook/run-notebook.ts";
import { codeHash } from "../code-hash.ts";
import { formatDuration, type Ui } from "../ui.ts";
import { ROOT } from "./run-tool.ts";
import type { Tally } from "./tally.ts";

export interface NotebooksCheckOptions {
  readonly ui: Ui;
  readonly signal: AbortSignal;
  /** Where they are; the project's own. */
  readonly folder?: string;
  /** Most processor time of one, s. */
  readonly most?: number;
}

/** Of one notebook: its own work. The clock on the wall, which a busy machine stretches, may show three times as much. */
const [MOST, STRETCH] = [40, 3]; // s
const ALTOGETHER = 8 * 60_000; // ms
const AT_ONCE = 2;

/** Every notebook: in step with its twin, without outputs, run with its CI parameters, and no tensor left; each counts. */
export async function runNotebooksCheck(options: NotebooksCheckOptions): Promise<Tally> {
  const stems = allNotebooks(options.folder ?? join(ROOT, "notebooks"));
  const faults = new Map<string, readonly string[]>();
  const waiting = [...stems];
  const deadline = performance.now() + ALTOGETHER;
  const work = async (): Promise<void> => {
    for (let stem = waiting.shift(); stem !== undefined; stem = waiting.shift()) {
      options.signal.throwIfAborted();
      const late = performance.now() > deadline;
      faults.set(
        stem,
        late
          ? [`not run: all together took over ${ALTOGETHER / 60_000} minutes`]
          : await faultsOf(stem, options),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const failures = stems.flatMap((stem) => faults.get(stem)!.map((fault) => `${nameOf(stem)}: ${fault}`));
  const failed = stems.filter((stem) => faults.get(stem)!.length > 0).length;
  return { check: "notebooks", passed: stems.length - failed, failed, skipped: [], failures };
}

function nameOf(stem: string): string {
  return stem.slice(stem.lastIndexOf("/") + 1);
}

async function faultsOf(
  stem: string,
  { ui, signal, most = MOST }: NotebooksCheckOptions,
): Promise<readonly string[]> {
  const pair = { ipynb: `${stem}.ipynb`, twin: `${stem}.ts` };
  const unfit = notebookFaults(pair);
  if (unfit.length > 0) return unfit; // which of the two should run?
  try {
    const notebook = readNotebook(pair.ipynb);
    const run = await runNotebook(notebook, {
      folder: join(stem, ".."),
      parameters: ciParameters(notebook, pair.ipynb),
      timeoutMs: most * STRETCH * 1000,
      signal,
      codeVersion: codeHash(),
      now: Date.now(),
    });
    const { seconds, processorSeconds } = run.record;
    ui.note(
      `notebook ${nameOf(stem)}: ${formatDuration(1000 * seconds)}, ${processorSeconds.toFixed(0)} s of the processor`,
    );
    return faultsOfRun(run, most);
  } catch (error) {
    signal.throwIfAborted();
    return [error instanceof Error ? error.message : String(error)];
  }
}

function faultsOfRun({ failed, record, runs }: NotebookRun, most: number): string[] {
  if (failed) return [spell(failed)];
  const { processorSeconds, seconds, cells } = record;
  const left = cells.at(-1)?.tensors ?? 0;
  const slowest = cells.toSorted((a, b) => b.milliseconds - a.milliseconds)[0];
  const hint = `cell ${slowest?.cell ?? 1} takes most; set less in a raw cell tagged ci-parameters`;
  return [
    ...runs.flatMap(({ outputs }, i) => {
      const said = complaint(outputs);
      return said === "" ? [] : [`cell ${i + 1} prints an error: ${said}`];
    }),
    ...(left > 0
      ? [`${left} tensors are left at its end, first after cell ${firstLeft(record.cells)}: dispose of them`]
      : []),
    ...(processorSeconds > most
      ? [`it took ${processorSeconds.toFixed(0)} s of the processor, ${most} at most: ${hint}`]
      : []),
    ...(seconds > most * STRETCH
      ? [`it took ${seconds.toFixed(0)} s, ${most * STRETCH} at most: ${hint}`]
      : []),
  ];
}

/** What stands on the error stream, promises that nobody awaited among it; that a source was edited is no error. */
function complaint(outputs: NotebookRun["runs"][number]["outputs"]): string {
  const written = outputs.map((one) =>
    one.output_type === "stream" && one.name === "stderr" ? one.text : "",
  );
  const lines = written.join("").split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !line.startsWith("[reloaded after an edit: "))
    .slice(0, 8)
    .join("\n");
}

/** The cell since which tensors were never all gone. */
function firstLeft(cells: NotebookRun["record"]["cells"]): number {
  const clean = cells.findLastIndex(({ tensors }) => tensors === null || tensors === 0);
  return cells[clean + 1]!.cell;
}

function spell({ cell, ename, evalue, traceback }: FailedCell): string {
  const lines = traceback.join("\n").split("\n").slice(0, 12);
  return [`cell ${cell}: ${ename}: ${evalue.split("\n")[0]}`, ...lines].join("\n");
}
