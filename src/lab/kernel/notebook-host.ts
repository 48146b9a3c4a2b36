import { inspect } from "node:util";
import type { CellModules } from "./cell-modules.ts";
import { describeError } from "./describe-error.ts";
import { soundBundle } from "./sound-bundle.ts";
import type { NotebookHost as Library } from "../../lib/adapters/notebook/host.ts";
import type { RunningCell } from "./run-cells.ts";
import type { MimeBundle, RunnerMessage } from "./threads.ts";

/** The part of the library that the kernel asks how to show a value. */
interface Renderers {
  bundleOf(value: unknown, host: object): MimeBundle | null;
}

/** As Node would print it; what cannot be looked at is said to be so. */
function plainText(value: unknown): string {
  try {
    return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 10_000 });
  } catch (error) {
    return `[a value that cannot be shown: ${reason(error)}]`;
  }
}

function reason(error: unknown): string {
  return describeError(error, new Map()).evalue.split("\n")[0]!;
}

export interface NotebookHost {
  readonly bundleOf: (value: unknown) => Promise<MimeBundle>;
  /** A cell that is run again will lose its outputs, and with them what was sent once. */
  cellStarts(cellId: string | null): void;
}

const DISPLAY = Symbol.for("Jupyter.display");
const INTERRUPT = Symbol.for("Jupyter.interrupt");
const HOST = Symbol.for("rhyme.notebook");

/**
 * What the kernel offers to running code, on symbols so that the library needs no import of the kernel:
 * `Jupyter.interrupt` gives the AbortSignal of the running cell, `rhyme.notebook` publishes outputs.
 */
export function notebookHost(
  modules: CellModules,
  send: (message: RunnerMessage) => void,
  current: () => RunningCell | null,
  signal: () => AbortSignal,
  promote: Library["promote"],
): NotebookHost {
  /** Which cell carries what is needed once per notebook, such as the charting library. */
  const carriers = new Map<string, string>();
  const once = (what: string): boolean => {
    if (carriers.has(what)) return false;
    carriers.set(what, current()?.cellId ?? "");
    return true;
  };
  const publish = (
    data: MimeBundle,
    options: { readonly displayId?: string; readonly update?: boolean; readonly metadata?: MimeBundle } = {},
  ): void => {
    const { displayId = null, update = false, metadata = {} } = options;
    const run = current()?.run;
    if (run === undefined) return;
    const sound = { data: soundBundle(data), metadata: soundBundle(metadata) };
    send({
      type: "display",
      run,
      ...sound,
      displayId,
      update,
    });
  };
  const bundleOf = async (value: unknown): Promise<MimeBundle> => {
    const plain = plainText(value);
    if (value === null || (typeof value !== "object" && typeof value !== "function"))
      return soundBundle({ "text/plain": plain });
    const renderers = (await modules.import("rhyme/adapters/notebook/bundle")) as unknown as Renderers;
    try {
      const ours = renderers.bundleOf(value, host);
      if (ours) return soundBundle({ "text/plain": plain, ...ours });
    } catch (error) {
      const note = `[shown plainly, because its own form failed: ${reason(error)}]`;
      return soundBundle({ "text/plain": `${plain}\n${note}` });
    }
    const own = (value as Readonly<Record<symbol, unknown>>)[DISPLAY];
    const said = typeof own === "function" ? ((await own.call(value, host)) as MimeBundle) : {};
    return soundBundle({ "text/plain": plain, ...said });
  };
  const host: Library = { once, publish, bundleOf, promote };
  Object.assign(globalThis, { [HOST]: host, [INTERRUPT]: signal });
  return {
    bundleOf,
    cellStarts: (cellId) => {
      for (const [what, carrier] of carriers)
        if (cellId !== null && carrier === cellId) carriers.delete(what);
    },
  };
}
