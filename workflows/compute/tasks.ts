import type { Task, TaskTable } from "./task.ts";

/** Every task that a thread can be asked for; a folder adds its own here. */
export const TASKS = {
  ingestSeries: async () => (await import("../ingest/tasks.ts")).ingestSeries,
  chooseEncoder: async () => (await import("../backfill/tasks.ts")).chooseEncoder,
  encodeChunk: async () => (await import("../backfill/encode-chunk.ts")).encodeChunk,
  commitChunk: async () => (await import("../backfill/tasks.ts")).commitChunk,
  labelHorizon: async () => (await import("../backfill/tasks.ts")).labelHorizonOf,
  labelTargets: async () => (await import("../label/tasks.ts")).labelTargets,
  labelDue: async () => (await import("../label/tasks.ts")).labelDue,
  mirrorIndex: async () => (await import("../backfill/mirror-index.ts")).mirrorIndex,
  growRecord: async () => (await import("../backfill/tasks.ts")).growRecordOf,
  pollSource: async () => (await import("../live/poll.ts")).pollSource,
  advanceSeries: async () => (await import("../live/advance.ts")).advanceSeries,
  answerSeries: async () => (await import("../live/answer.ts")).answerSeries,
  showState: async () => (await import("../live/show.ts")).showState,
  fitEncoder: async () => (await import("../train/tasks.ts")).fitEncoderOf,
  registerEncoder: async () => (await import("../train/tasks.ts")).registerEncoderOf,
  trustEncoder: async () => (await import("../train/tasks.ts")).trustEncoderOf,
  beginVersion: async () => (await import("../reembed/tasks.ts")).beginVersion,
  embedVersion: async () => (await import("../reembed/tasks.ts")).embedVersionOf,
  recordVersion: async () => (await import("../reembed/tasks.ts")).recordVersionOf,
  mirrorVersion: async () => (await import("../reembed/tasks.ts")).mirrorVersionOf,
  gateVersion: async () => (await import("../reembed/tasks.ts")).gateVersionOf,
  switchVersion: async () => (await import("../reembed/tasks.ts")).switchVersionOf,
  leadAlias: async () => (await import("../reembed/tasks.ts")).leadAliasOf,
  rollbackVersion: async () => (await import("../reembed/tasks.ts")).rollbackVersionOf,
  auditPart: async () => (await import("../audit/tasks.ts")).auditPartOf,
  writeAudit: async () => (await import("../audit/tasks.ts")).writeAuditOf,
  dueJob: async () => (await import("../schedules/tasks.ts")).dueJob,
  followedSeries: async () => (await import("../schedules/tasks.ts")).followedSeries,
} satisfies TaskTable;

export type TaskName = keyof typeof TASKS;

type TaskOf<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;

export type TaskInput<Name extends TaskName> =
  TaskOf<Name> extends Task<infer Input, unknown> ? Input : never;

export type TaskOutput<Name extends TaskName> =
  TaskOf<Name> extends Task<never, infer Output> ? Output : never;
