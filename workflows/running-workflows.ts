import type { TemporalClient } from "./client.ts";
import { encoderAttribute, symbolAttribute } from "./search-attributes.ts";

export interface RunningWorkflow {
  readonly id: string;
  readonly type: string;
  readonly symbol: string | null;
  readonly encoder: string | null;
  /** ISO 8601. */
  readonly since: string;
}

/** What runs in this namespace, the newest first; schedules' and the server's own workflows are not listed. */
export async function runningWorkflows({ client }: TemporalClient): Promise<readonly RunningWorkflow[]> {
  const found: RunningWorkflow[] = [];
  for await (const { workflowId, type, startTime, typedSearchAttributes } of client.workflow.list({
    query: `ExecutionStatus = "Running"`,
  }))
    if (!type.startsWith("temporal-sys"))
      found.push({
        ...{ id: workflowId, type, since: startTime.toISOString() },
        symbol: typedSearchAttributes.get(symbolAttribute) ?? null,
        encoder: typedSearchAttributes.get(encoderAttribute) ?? null,
      });
  return found.sort((a, b) => (a.since < b.since ? 1 : -1));
}
