import { AsyncLocalStorage } from "node:async_hooks";
import { cpuUsage, memoryUsage } from "node:process";
import { runInThisContext } from "node:vm";
import type { CellDoor } from "./cell-door.ts";
import type { CellModules } from "./cell-modules.ts";
import { cellName, describeError, INTERRUPTED, type CellMaps } from "./describe-error.ts";
import { closeTensorScopes } from "./tensor-scopes.ts";
import type { CellError, CellRequest, CompiledCell, MimeBundle, Outcome } from "./threads.ts";

/** What a running cell can reach, and what its outputs are attributed to. */
export interface RunningCell {
  readonly run: number;
  readonly cellId: string | null;
  /** Characters printed so far. */
  printed: number;
}

export interface CellRunner {
  run(request: CellRequest): void;
  /** Ends what is running, with an error, and its signal aborts. False where it must be asked again: a cut is coming. */
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
  readonly door: CellDoor;
  /** Errors for which no cell waited, since it was asked last. */
  readonly strays: () => number;
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
  conclude(error: CellError | null): void;
}

export function cellRunner(options: RunnerOptions): CellRunner {
  const { door } = options;
  // Without a prototype, or a later cell's `toString` would be that of all objects.
  const exports = Object.create(null) as Record<string, unknown>;
  const maps: CellMaps = new Map();
  const storage = new AsyncLocalStorage<RunningCell>();
  const sources: string[] = [];
  let active: Active | null = null;
  let last: Active | null = null;

  const run = (request: CellRequest): void => {
    const { cell, count } = request;
    maps.set(cellName(count), cell);
    sources.push(request.code);
    const watch = startWatch();
    /** Takes the cell's end down, whichever comes first: its own or a stop. */
    const conclude = (error: CellError | null): void => {
      if (active !== mine) return;
      door.close();
      active = null;
      if (error) sources.splice(sources.lastIndexOf(request.code), 1);
      const assigned = cell.declares.filter((name) => name in exports);
      const filesRead = orElse<readonly string[]>([], options.filesRead);
      options.onDone(request.run, { error, assigned, filesRead, strays: options.strays(), ...watch() });
    };
    const mine: Active = {
      ...{ run: request.run, cellId: request.cellId, printed: 0 },
      ...{ stop: new AbortController(), conclude },
    };
    active = last = mine;
    const isOver = (): boolean => active !== mine;
    // Nothing may wait for the cell itself: one that was cut off in the middle never settles.
    storage.run(mine, () => {
      execute(request, exports, options, isOver)
        .then(
          () => null,
          (thrown) => describeError(thrown, maps),
        )
        .then(conclude, (error) => conclude(describeError(error, maps)));
    });
  };

  return {
    run,
    interrupt: () => {
      if (!door.tryClose()) return false;
      const stopped = active;
      orElse(undefined, closeTensorScopes);
      stopped?.conclude(describeError(INTERRUPTED, maps));
      stopped?.stop.abort(INTERRUPTED); // last: whoever listens is the cell's own code
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
  { door, modules, onReload, onResult, bundleOf }: RunnerOptions,
  isOver: () => boolean,
): Promise<void> {
  const changed = await modules.reload(exports);
  if (changed.length > 0) onReload(changed);
  const imports = await modules.load(cell.imports);
  if (isOver()) return; // stopped while it waited for its imports
  const body = compile(cell, count);
  door.open();
  const outcome = body(exports, imports, modules.import, metaOf());
  if (cell.isAsync) await outcome;
  if (isOver()) return;
  modules.remember(cell.imports, exports);
  const name = cell.lastExpression;
  if (name === null) return;
  const value = exports[name];
  delete exports[name];
  if (value === undefined || value === null) return;
  const bundle = await bundleOf(value);
  if (!isOver()) onResult(run, bundle);
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

function startWatch(): () => Omit<Outcome, "error" | "assigned" | "filesRead" | "strays"> {
  const start = performance.now();
  const before = heapOf();
  return () => {
    const heap = heapOf();
    const milliseconds = performance.now() - start;
    const { user, system } = cpuUsage();
    const processor = (user + system) / 1e6;
    const spent = { milliseconds, processor, heap, heapGrowth: heap - before };
    return { ...spent, resident: memoryUsage.rss(), tensors: orElse(null, tensorsHeld) };
  };
}

/** What a cell may have tampered with must not keep it from ending. */
function orElse<T>(otherwise: T, ask: () => T): T {
  try {
    return ask();
  } catch {
    return otherwise;
  }
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
