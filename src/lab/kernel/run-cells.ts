import { AsyncLocalStorage } from "node:async_hooks";
import { cpuUsage, memoryUsage } from "node:process";
import { runInThisContext } from "node:vm";
import type { CellModules } from "./cell-modules.ts";
import { cellName, describeError, INTERRUPTED, type CellMaps } from "./describe-error.ts";
import type { CellRequest, CompiledCell, MimeBundle, Outcome } from "./threads.ts";

/** What a running cell can reach, and what its outputs are attributed to. */
export interface RunningCell {
  readonly run: number;
  readonly cellId: string | null;
  /** Characters printed so far. */
  printed: number;
}

export interface CellRunner {
  run(request: CellRequest): Promise<void>;
  /** Stops what is running: its signal aborts, and the cell ends with an error. False where nothing runs. */
  interrupt(): boolean;
  /** The cell to which output belongs that is written now. */
  readonly current: () => RunningCell | null;
  /** Aborts when the running cell is to stop. */
  signal(): AbortSignal;
  /** The cells that ran to their end and the one that runs, as they were typed, oldest first. */
  sources(): readonly string[];
  /** The name of the top level that holds a value; null where none does. */
  nameOf(value: unknown): string | null;
}

export interface RunnerOptions {
  readonly modules: CellModules;
  readonly bundleOf: (value: unknown) => Promise<MimeBundle>;
  readonly onReload: (said: readonly string[]) => void;
  readonly onResult: (run: number, data: MimeBundle) => void;
  /** Files opened to read since it was asked last. */
  readonly filesRead: () => readonly string[];
  readonly onDone: (run: number, outcome: Outcome) => void;
}

type Body = (
  exports: Record<string, unknown>,
  imports: readonly unknown[],
  load: CellModules["import"],
  meta: object,
) => unknown;

interface Active extends RunningCell {
  readonly stop: AbortController;
  finish(error: { readonly thrown: unknown } | null): void;
}

export function cellRunner(options: RunnerOptions): CellRunner {
  const exports: Record<string, unknown> = {};
  const maps: CellMaps = new Map();
  const storage = new AsyncLocalStorage<RunningCell>();
  const sources: string[] = [];
  let active: Active | null = null;
  let last: Active | null = null;

  const run = async (request: CellRequest): Promise<void> => {
    const { cell, count } = request;
    maps.set(cellName(count), cell);
    sources.push(request.code);
    const watch = startWatch();
    let finish: Active["finish"] = () => undefined;
    const ended = new Promise<Parameters<Active["finish"]>[0]>((resolve) => (finish = resolve));
    active = { run: request.run, cellId: request.cellId, printed: 0, stop: new AbortController(), finish };
    last = active;
    // The cell must not be awaited itself: a cell that was cut off in the middle never settles.
    storage.run(
      active,
      () =>
        void execute(request, exports, options).then(
          () => finish(null),
          (thrown) => finish({ thrown }),
        ),
    );
    const failed = await ended;
    active = null;
    if (failed) sources.pop();
    const error = failed ? await describeError(failed.thrown, maps) : null;
    const assigned = cell.declares.filter((name) => name in exports);
    options.onDone(request.run, { error, assigned, filesRead: options.filesRead(), ...watch() });
  };

  return {
    run,
    interrupt: () => {
      if (!active) return false;
      active.stop.abort(INTERRUPTED);
      active.finish({ thrown: INTERRUPTED });
      return true;
    },
    current: () => storage.getStore() ?? last,
    signal: () => last?.stop.signal ?? new AbortController().signal,
    sources: () => sources,
    nameOf: (value) => Object.keys(exports).find((name) => exports[name] === value) ?? null,
  };
}

async function execute(
  { cell, count, run }: CellRequest,
  exports: Record<string, unknown>,
  { modules, onReload, onResult, bundleOf }: RunnerOptions,
): Promise<void> {
  const changed = await modules.reload(exports);
  if (changed.length > 0) onReload(changed);
  const imports = await modules.load(cell.imports);
  const body = compile(cell, count);
  const outcome = body(exports, imports, modules.import, metaOf());
  if (cell.isAsync) await outcome;
  modules.remember(cell.imports, exports);
  const name = cell.lastExpression;
  if (name === null) return;
  const value = exports[name];
  delete exports[name];
  if (value !== undefined && value !== null) onResult(run, await bundleOf(value));
}

function compile({ body, isAsync }: CompiledCell, count: number): Body {
  const head = isAsync ? "(async function" : "(function";
  const text = `${head} (exports, __imports, __import, __meta) {\n${body}\n})`;
  // The head's line does not count, so that positions are those of the body.
  return runInThisContext(text, { filename: cellName(count), lineOffset: -1 }) as Body;
}

function metaOf(): object {
  const dirname = process.cwd();
  const filename = `${dirname}/cell.ts`;
  return { dirname, filename, url: `file://${filename}` };
}

function startWatch(): () => Omit<Outcome, "error" | "assigned" | "filesRead"> {
  const start = performance.now();
  const before = heapOf();
  return () => {
    const heap = heapOf();
    const milliseconds = performance.now() - start;
    const { user, system } = cpuUsage();
    const processor = (user + system) / 1e6;
    const spent = { milliseconds, processor, heap, heapGrowth: heap - before };
    return { ...spent, resident: memoryUsage.rss(), tensors: tensorsHeld() };
  };
}

/** All copies of TensorFlow.js in one process share an engine, which stands here once one of them is loaded. */
function tensorsHeld(): number | null {
  const { _tfengine: engine } = globalThis as { readonly _tfengine?: Tensors };
  return engine?.memory().numTensors ?? null;
}

interface Tensors {
  memory(): { readonly numTensors: number };
}

/** Objects and the arrays beside them. */
function heapOf(): number {
  const { heapUsed, external } = memoryUsage();
  return heapUsed + external;
}
