import { ScheduleNotFoundError, type ScheduleOptions, type ScheduleUpdateOptions } from "@temporalio/client";
import type { TemporalClient } from "../client.ts";
import { CPU_QUEUE } from "../queues.ts";
import { schedulesOf, type ScheduledFor, type ScheduledWork } from "./schedule-table.ts";

/** How a schedule stands on the server. */
export interface ScheduleRow {
  readonly id: string;
  readonly paused: boolean;
  /** ISO 8601; null where it has none. */
  readonly next: string | null;
  readonly last: string | null;
  /** Why it is as it is, and what whoever paused it said. */
  readonly note: string;
}

/** Makes the schedules of a tenant's memory, or brings those that are there to what they should be; paused ones stay so. */
export async function applySchedules(
  { client }: TemporalClient,
  of: ScheduledFor,
): Promise<readonly { readonly id: string; readonly created: boolean }[]> {
  const applied: { id: string; created: boolean }[] = [];
  for (const work of schedulesOf(of)) {
    const handle = client.schedule.getHandle(work.id);
    const options = optionsOf(work);
    const created = await handle.describe().then(
      () => false,
      (error: unknown) => {
        if (error instanceof ScheduleNotFoundError) return true;
        throw error;
      },
    );
    if (created) await client.schedule.create(options);
    else
      await handle.update((before) => ({
        ...(options as ScheduleUpdateOptions),
        state: stateOf(before.state, work.why),
      }));
    applied.push({ id: work.id, created });
  }
  return applied;
}

/** Whoever paused it said why; one that is on says why it is as it is. */
function stateOf<State extends { readonly paused: boolean; readonly note?: string }>(
  state: State,
  why: string,
): State {
  return state.paused ? state : { ...state, note: why };
}

function optionsOf({ id, when, overlap, catchupMinutes, why, type, args }: ScheduledWork): ScheduleOptions {
  const spec =
    "everyMinutes" in when
      ? { intervals: [{ every: `${when.everyMinutes} minutes` as const }] }
      : {
          calendars: [
            {
              hour: when.hour,
              minute: when.minute,
              ...(when.weekday ? { dayOfWeek: when.weekday } : {}),
              comment: why,
            },
          ],
        };
  return {
    scheduleId: id,
    spec: { ...spec, jitter: "10 seconds" }, // a hundred tenants are not all looked at in one second
    action: {
      type: "startWorkflow",
      workflowType: type,
      workflowId: `schedule/${id.replaceAll("/", "-")}`,
      args: [...args],
      taskQueue: CPU_QUEUE,
    },
    policies: { overlap, catchupWindow: `${catchupMinutes} minutes`, pauseOnFailure: false },
    state: { note: why },
  };
}

/** All schedules of a namespace. */
export async function listSchedules({ client }: TemporalClient): Promise<readonly ScheduleRow[]> {
  const rows: ScheduleRow[] = [];
  for await (const { scheduleId } of client.schedule.list()) {
    const { info, state } = await client.schedule.getHandle(scheduleId).describe();
    rows.push({
      ...{ id: scheduleId, paused: state.paused, note: state.note ?? "" },
      next: info.nextActionTimes[0]?.toISOString() ?? null,
      last: info.recentActions.at(-1)?.takenAt.toISOString() ?? null,
    });
  }
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}
