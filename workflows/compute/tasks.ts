import type { Task, TaskTable } from "./task.ts";

/** Every task that a thread can be asked for; a folder adds its own here. */
export const TASKS = {
  ingestSeries: async () => (await import("../ingest/tasks.ts")).ingestSeries,
  chooseEncoder: async () => (await import("../backfill/tasks.ts")).chooseEncoder,
  encodeChunk: async () => (await import("../backfill/encode-chunk.ts")).encodeChunk,
  commitChunk: async () => (await import("../backfill/tasks.ts")).commitChunk,
  labelHorizon: async () => (await import("../backfill/tasks.ts")).labelHorizonOf,
  growRecord: async () => (await import("../backfill/tasks.ts")).growRecordOf,
} satisfies TaskTable;

export type TaskName = keyof typeof TASKS;

type TaskOf<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;

export type TaskInput<Name extends TaskName> =
  TaskOf<Name> extends Task<infer Input, unknown> ? Input : never;

export type TaskOutput<Name extends TaskName> =
  TaskOf<Name> extends Task<never, infer Output> ? Output : never;
