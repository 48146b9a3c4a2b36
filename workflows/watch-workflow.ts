import { setTimeout as pause } from "node:timers/promises";
import { defaultPayloadConverter } from "@temporalio/common";
import type { Json } from "./activity-host.ts";
import { resultOf, type TemporalClient } from "./client.ts";
import { MESSAGES, type Reported } from "./messages.ts";
import { subjectOf } from "./workflow-ids.ts";

/** One activity that a workflow, or one of its children, waits for. */
export interface PendingActivity {
  readonly activity: string;
  readonly symbol: string | null;
  /** From 1 on; above 1 the attempts before have failed. */
  readonly attempt: number;
  /** False: it waits for a worker, or for its next attempt. */
  readonly started: boolean;
  /** What it told last. */
  readonly told: Json;
  /** Why the attempt before failed, in one line. */
  readonly failure: string | null;
}

export interface Seen {
  /** null: no worker has answered in time. */
  readonly reported: Reported<Readonly<Record<string, unknown>>> | null;
  readonly pending: readonly PendingActivity[];
}

export interface WatchOptions {
  /** Leaves; the workflow goes on. */
  readonly signal: AbortSignal;
  readonly onSeen: (seen: Seen) => void;
  readonly everyMs?: number;
}

const ANSWER_MS = 3_000;
/** Children looked at: a glance, not an audit. */
const CHILDREN = 8;

/** Looks at a workflow until it ends; its result. @throws as `resultOf` */
export async function watchWorkflow<Result>(
  temporal: TemporalClient,
  id: string,
  { signal, onSeen, everyMs = 1_000 }: WatchOptions,
): Promise<Result> {
  const result = resultOf<Result>(temporal, id, signal);
  const over = result.then(
    () => true,
    () => true, // told by the return below
  );
  const soon = (): Promise<boolean> => pause(everyMs, false, { signal }).catch(() => true);
  do {
    const seen = await Promise.race([over.then(() => null), look(temporal, id).catch(() => null)]);
    if (seen !== null) onSeen(seen);
  } while (!(await Promise.race([over, soon()])));
  return result;
}

/** How a workflow is now, by its own words and by the server's. */
export async function look(temporal: TemporalClient, id: string): Promise<Seen> {
  const { client, connection } = temporal;
  const handle = client.workflow.getHandle(id);
  const [reported, own] = await Promise.all([
    connection
      .withDeadline(Date.now() + ANSWER_MS, () =>
        handle.query<NonNullable<Seen["reported"]>>(MESSAGES.progress),
      )
      .catch(() => null),
    handle.describe(),
  ]);
  const children = (own.raw.pendingChildren ?? []).slice(0, CHILDREN);
  const described = await Promise.all(
    children.map(({ workflowId }) =>
      client.workflow
        .getHandle(workflowId!)
        .describe()
        .catch(() => null),
    ),
  );
  const all = [own, ...described.filter((child) => child !== null)];
  return {
    reported,
    pending: all.flatMap(({ workflowId, raw }) => pendingOf(workflowId, raw.pendingActivities ?? [])),
  };
}

type Raw = NonNullable<
  Awaited<
    ReturnType<ReturnType<TemporalClient["client"]["workflow"]["getHandle"]>["describe"]>
  >["raw"]["pendingActivities"]
>;

const STARTED: number = 2; // PENDING_ACTIVITY_STATE_STARTED

function pendingOf(workflowId: string, raw: Raw): readonly PendingActivity[] {
  const { symbol } = subjectOf(workflowId);
  return raw.map(({ activityType, attempt, state, heartbeatDetails, lastFailure }) => {
    const payload = heartbeatDetails?.payloads?.[0];
    return {
      ...{
        activity: activityType?.name ?? "",
        symbol,
        attempt: attempt ?? 1,
        started: Number(state) === STARTED,
      },
      told: payload ? defaultPayloadConverter.fromPayload<Json>(payload) : null,
      failure: lastFailure?.message?.split("\n")[0] ?? null,
    };
  });
}
