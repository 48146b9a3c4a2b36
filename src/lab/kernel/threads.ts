// What the kernel's three threads tell each other. Cells run on the main thread; the front thread speaks Jupyter's
// protocol and stays responsive whatever a cell does; the compiler thread checks types and completes.

export interface CellRequest {
  readonly type: "run";
  /** Names this run in every message about it. */
  readonly run: number;
  readonly count: number;
  /** The notebook's own id of the cell, where the frontend sends one. */
  readonly cellId: string | null;
  /** The cell as it was typed. */
  readonly code: string;
  readonly cell: CompiledCell;
}

/** One import statement of a cell: the module is loaded before the cell starts. */
export interface CellImport {
  readonly specifier: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Names that the cell binds; `imported` is "*" for the module itself. */
  readonly names: readonly { readonly local: string; readonly imported: string }[];
}

export interface CompiledCell {
  /** Body of a function of (exports, __imports, __import, __meta). */
  readonly body: string;
  readonly isAsync: boolean;
  readonly imports: readonly CellImport[];
  /** Names that the cell declares. */
  readonly declares: readonly string[];
  /** Where exports holds the value of the last expression, if the cell ends with one. */
  readonly lastExpression: string | null;
  /** Source maps from the body to the cell's text, to be followed one after the other. */
  readonly maps: readonly string[];
  /** Lines before the cell's own first one in what the last map leads to. */
  readonly prefixLines: number;
}

/** A mistake that the type checker sees; lines and columns count from 1. */
export interface Diagnostic {
  readonly code: number;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
}

export type CompileReply =
  | { readonly ok: true; readonly cell: CompiledCell }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly matches: readonly { readonly text: string; readonly kind: string }[];
}

export interface Hover {
  readonly signature: string;
  readonly documentation: string;
}

/** What is asked of the compiler; each kind has its answer in `CompilerAnswers`. */
export type CompilerQuestion =
  | { readonly kind: "compile"; readonly code: string }
  /** The last compiled cell ran: later cells see what it declared (only `names`, where it failed half-way). */
  | { readonly kind: "commit"; readonly names: readonly string[] | null }
  | { readonly kind: "complete"; readonly code: string; readonly cursor: number }
  | { readonly kind: "inspect"; readonly code: string; readonly cursor: number }
  | { readonly kind: "isComplete"; readonly code: string };

export interface CompilerAnswers {
  readonly compile: CompileReply;
  readonly commit: null;
  readonly complete: Completion;
  readonly inspect: Hover | null;
  readonly isComplete: { readonly complete: boolean; readonly indent: string };
}

export type MimeBundle = Readonly<Record<string, unknown>>;

/** What running code sends to the front; `run` says which cell caused it. */
export type RunnerMessage =
  | { readonly type: "ready" }
  | {
      readonly type: "stream";
      readonly run: number;
      readonly name: "stdout" | "stderr";
      readonly text: string;
    }
  | {
      readonly type: "display";
      readonly run: number;
      readonly data: MimeBundle;
      readonly metadata: MimeBundle;
      readonly displayId: string | null;
      readonly update: boolean;
    }
  | { readonly type: "result"; readonly run: number; readonly data: MimeBundle }
  | { readonly type: "done"; readonly run: number; readonly outcome: Outcome }
  /** An interrupt was heard: what ran has ended. */
  | { readonly type: "interrupted"; readonly stop: number };

export interface Outcome {
  readonly error: CellError | null;
  /** Of the names that the cell declares, those that have a value now. */
  readonly assigned: readonly string[];
  readonly milliseconds: number;
  /** Bytes: grown by, and in all afterwards. */
  readonly heapGrowth: number;
  readonly heap: number;
  readonly resident: number;
  /** Processor time that the kernel has used since it began, s: what other programs take does not count. */
  readonly processor: number;
  /** Tensors that TensorFlow.js holds after the cell; null where nothing has loaded it. */
  readonly tensors: number | null;
  /** Errors thrown, and promises rejected, where no cell waited for them, since the outcome before. */
  readonly strays: number;
  /** Files opened to read that no earlier cell had opened, absolute. */
  readonly filesRead: readonly string[];
}

/** As Jupyter's `error` message wants it. */
export interface CellError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** What the front tells the main thread. */
export type FrontMessage =
  | CellRequest
  | {
      readonly type: "interrupt";
      /** Names this wish to stop; it may be told several times. */
      readonly stop: number;
      /** Modules that were being loaded have been cut off. */
      readonly wasLoading: boolean;
    }
  | { readonly type: "shutdown" };
