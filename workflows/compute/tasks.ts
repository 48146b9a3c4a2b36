import type { Task, TaskTable } from "./task.ts";

/** Every task that a thread can be asked for; a folder adds its own here. */
export const TASKS = {} satisfies TaskTable;

export type TaskName = keyof typeof TASKS;

type TaskOf<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;

export type TaskInput<Name extends TaskName> =
  TaskOf<Name> extends Task<infer Input, unknown> ? Input : never;

export type TaskOutput<Name extends TaskName> =
  TaskOf<Name> extends Task<never, infer Output> ? Output : never;
