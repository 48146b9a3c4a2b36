import { DefaultLogger, type LogEntry, type Logger } from "@temporalio/worker";
import { pino, type DestinationStream, type Logger as Pino } from "pino";
import { subjectOf } from "../workflow-ids.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Lines of JSON. @param to default: stderr, written at once, so that a killed worker has said what it knew */
export function workerLog(level: LogLevel, to?: DestinationStream): Pino {
  return pino(
    { level, base: { process: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    to ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** What the SDK, workflows and activities say, in the same lines: with the workflow, its symbol and what it belongs to. */
export function temporalLogger(log: Pino): Logger {
  return new DefaultLogger("DEBUG", ({ level, message, meta }) => {
    log[LEVELS[level]]({ ...fieldsOf(meta ?? {}) }, message);
  });
}

const LEVELS: Readonly<Record<LogEntry["level"], LogLevel>> = {
  ...{ TRACE: "debug", DEBUG: "debug", INFO: "info", WARN: "warn", ERROR: "error" },
};

/** Names of the SDK by ours; what says nothing to readers of logs is left out. */
const NAMES: Readonly<Record<string, string | null>> = {
  ...{ workflowId: "workflow", runId: "run", activityType: "activity", workflowType: "type" },
  ...{ sdkComponent: null, isLocal: null, namespace: null, taskToken: null },
};

function fieldsOf(meta: Readonly<Record<string | symbol, unknown>>): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(meta)) {
    const ours = NAMES[name];
    if (ours === null) continue;
    if (value instanceof Error) fields["err"] = value;
    else fields[ours ?? name] = value;
  }
  const { workflowId } = meta as { workflowId?: unknown };
  if (typeof workflowId !== "string") return fields;
  const { correlation, symbol } = subjectOf(workflowId);
  return { correlation, ...(symbol === null ? {} : { symbol }), ...fields };
}
