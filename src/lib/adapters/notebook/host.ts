/** What one output holds, by MIME type; a frontend takes the richest that it knows. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** A value with a method of this name says itself how it is shown in a notebook. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");

/** What is handed to that method. */
export interface DisplayHost {
  /** True at the first call for this name in the notebook's outputs: then what it names must travel along. */
  once(what: string): boolean;
}

export interface PublishOptions {
  /** Names the output, so that it can be replaced. */
  readonly displayId?: string;
  readonly update?: boolean;
}

/** The kernel, as running code sees it. */
export interface NotebookHost extends DisplayHost {
  publish(data: MimeBundle, options?: PublishOptions): void;
  bundleOf(value: unknown): Promise<MimeBundle>;
  promote(
    what: unknown,
    name: string,
    options: { readonly says: string | null; readonly isDryRun: boolean },
  ): Promise<Promoted>;
}

/** What was written, or would be. */
export interface Promoted {
  readonly files: readonly { readonly path: string }[];
  readonly diff: string;
}

const HOST = Symbol.for("rhyme.notebook");
const INTERRUPT = Symbol.for("Jupyter.interrupt");

/** The kernel that runs this code; null in a script, a test or a worker. */
export function notebookHost(): NotebookHost | null {
  return ((globalThis as Record<symbol, unknown>)[HOST] as NotebookHost | undefined) ?? null;
}

/**
 * Aborts when the running cell is to stop (the stop button, `I I` on the keyboard). Hand it to whatever takes a
 * `signal`: training, encoding, reading, remembering. Outside a notebook it never aborts.
 */
export function interruptSignal(): AbortSignal {
  const signal = (globalThis as Record<symbol, unknown>)[INTERRUPT] as (() => AbortSignal) | undefined;
  return signal?.() ?? new AbortController().signal;
}
