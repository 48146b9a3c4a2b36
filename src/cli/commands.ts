import type { Command } from "commander";

/** One command of `./rhyme`: what help says about it, and where it is. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Loads the command's own file; the others stay unread, so that every command starts fast. */
  readonly load: () => Promise<(program: Command) => void>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "demo",
    summary: "what rhymes with 16 March 2020 in twenty years of the S&P 500, as a page",
    load: async () => (await import("./commands/demo.ts")).addDemo,
  },
  {
    name: "check",
    summary: "quality report and gap ledger of candle files",
    load: async () => (await import("./commands/check.ts")).addCheck,
  },
  {
    name: "remember",
    summary: "candle files into a memory: read, check, embed, label, store",
    load: async () => (await import("./commands/remember.ts")).addRemember,
  },
  {
    name: "start",
    summary: "long work that goes on where it was, whoever ends it",
    load: async () => (await import("./commands/start.ts")).addStart,
  },
  {
    name: "ask",
    summary: "what rhymes with one moment, what followed, how far to trust it",
    load: async () => (await import("./commands/ask.ts")).addAsk,
  },
  {
    name: "explain-change",
    summary: "which correction changed an answer of the log, and how",
    load: async () => (await import("./commands/explain-change.ts")).addExplainChange,
  },
  {
    name: "bench",
    summary: "how fast, beside what a user would take instead",
    load: async () => (await import("./commands/bench.ts")).addBench,
  },
  {
    name: "trust",
    summary: "how far the answers of a memory could be trusted, beside plain baselines",
    load: async () => (await import("./commands/trust.ts")).addTrust,
  },
  {
    name: "anomalies",
    summary: "which moments are unlike their past, with a p-value each",
    load: async () => (await import("./commands/anomalies.ts")).addAnomalies,
  },
  {
    name: "memory",
    summary: "what a memory holds, and whether it is whole",
    load: async () => (await import("./commands/memory.ts")).addMemory,
  },
  {
    name: "export",
    summary: "candles, features, embeddings, contexts or answers as Parquet",
    load: async () => (await import("./commands/export.ts")).addExport,
  },
  {
    name: "import",
    summary: "candles from Parquet into a memory, without embedding them",
    load: async () => (await import("./commands/import.ts")).addImport,
  },
  {
    name: "fetch",
    summary: "candles of an exchange into a memory, without embedding them",
    load: async () => (await import("./commands/fetch.ts")).addFetch,
  },
  {
    name: "forget",
    summary: "delete a symbol or a tenant from a memory",
    load: async () => (await import("./commands/forget.ts")).addForget,
  },
  {
    name: "lab",
    summary: "JupyterLab with a TypeScript kernel on the project's own sources",
    load: async () => (await import("./commands/lab.ts")).addLab,
  },
  {
    name: "notebook",
    summary: "run, export, pair and check notebooks without JupyterLab",
    load: async () => (await import("./commands/notebook.ts")).addNotebook,
  },
  {
    name: "new",
    summary: "a graph design, a feature or a notebook to start from",
    load: async () => (await import("./commands/new.ts")).addNew,
  },
  {
    name: "look-ahead",
    summary: "does a function use what was not known yet?",
    load: async () => (await import("./commands/look-ahead.ts")).addLookAhead,
  },
  {
    name: "work",
    summary: "work on what ./rhyme start began",
    load: async () => (await import("./commands/work.ts")).addWork,
  },
  {
    name: "watch",
    summary: "how far a workflow is; pause, resume, resize or cancel it",
    load: async () => (await import("./commands/watch.ts")).addWatch,
  },
  {
    name: "stop",
    summary: "series that are followed, for good",
    load: async () => (await import("./commands/stop.ts")).addStop,
  },
  {
    name: "schedule",
    summary: "what workflows begin by the clock: apply, list, pause, run",
    load: async () => (await import("./commands/schedule.ts")).addSchedule,
  },
  {
    name: "encoder",
    summary: "encoders: fit, list, show, compare, import, export",
    load: async () => (await import("./commands/encoder.ts")).addEncoder,
  },
  {
    name: "backend",
    summary: "what encodes and trains here: list, install, remove",
    load: async () => (await import("./commands/backend.ts")).addBackend,
  },
  {
    name: "services",
    summary: "the servers of this machine: start, look, end, remove",
    load: async () => (await import("./commands/services.ts")).addServices,
  },
  {
    name: "weaviate",
    summary: "schema and encoder versions on a Weaviate server",
    load: async () => (await import("./commands/weaviate.ts")).addWeaviate,
  },
  {
    name: "test",
    summary: "all that CI checks: format, lint, types, tests, real servers, notebooks, look-ahead",
    load: async () => (await import("./commands/test.ts")).addTest,
  },
];
