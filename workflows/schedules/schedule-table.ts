import { createHash } from "node:crypto";
import path from "node:path";
import { labelFrom } from "../label/plan.ts";
import { AT_FIRST } from "../messages.ts";

/** What a schedule does when the run before has not ended. */
export type Overlap = "SKIP" | "BUFFER_ONE";

export const SCHEDULE_KINDS = ["label", "live", "train", "audit"] as const;
export type ScheduleKind = (typeof SCHEDULE_KINDS)[number];

/** One schedule of a tenant's memory, and why it is as it is. */
export interface ScheduledWork {
  readonly kind: ScheduleKind;
  readonly id: string;
  /** Every so often, or at an hour of the day (UTC; on one day of the week alone). */
  readonly when:
    | { readonly everyMinutes: number }
    | { readonly hour: number; readonly minute: number; readonly weekday?: "SUNDAY" };
  readonly overlap: Overlap;
  /** A start that was missed, since the server was down, is made up for within this time; later it is left out. */
  readonly catchupMinutes: number;
  readonly why: string;
  readonly type: string;
  readonly args: readonly unknown[];
}

/** Whose work it is. */
export interface ScheduledFor {
  /** Absolute. */
  readonly memory: string;
  readonly tenant: string;
  /** The server that mirrors the memory, for who looks at everything; none: there is none. */
  readonly index?: string | null;
}

type Clock = Pick<ScheduledWork, "when" | "overlap" | "catchupMinutes" | "why">;

const CLOCKS: Readonly<Record<ScheduleKind, Clock>> = {
  label: {
    when: { everyMinutes: 15 },
    overlap: "SKIP",
    catchupMinutes: 10,
    why:
      "every run goes on from the newest outcome that is stored, so one run makes up for all that were missed, and " +
      "a second one beside it would find nothing",
  },
  live: {
    when: { everyMinutes: 5 },
    overlap: "SKIP",
    catchupMinutes: 1,
    why:
      "series are followed by workflows that live long; this one begins those that have ended and has all look for " +
      "candles: what it missed the next one does",
  },
  train: {
    when: { hour: 2, minute: 0, weekday: "SUNDAY" },
    overlap: "BUFFER_ONE",
    catchupMinutes: 6 * 60,
    why:
      "a fit that takes longer than a week is followed by one more, not by one for each week that went by; after a " +
      "night without a server it is made up for in the morning, and not on Wednesday",
  },
  audit: {
    when: { hour: 3, minute: 30 },
    overlap: "SKIP",
    catchupMinutes: 2 * 60,
    why: "it reads the whole memory: made up for while it is still night, else the next night looks at the same and more",
  },
};

/** The schedules of one tenant of one memory; their ids do not change, so that applying them again updates them. */
export function schedulesOf({ memory, tenant, index = null }: ScheduledFor): readonly ScheduledWork[] {
  const of = { memory: path.resolve(memory), tenant };
  return SCHEDULE_KINDS.map((kind) => {
    const id = scheduleId(kind, of);
    if (kind === "label")
      return {
        kind,
        id,
        type: "label",
        args: [labelFrom({ ...of, encoder: null }), AT_FIRST],
        ...CLOCKS[kind],
      };
    const looksAt = kind === "audit" && index !== null ? { index } : {};
    return { kind, id, type: "scheduled", args: [{ kind, ...of, ...looksAt }], ...CLOCKS[kind] };
  });
}

/** Names the memory by a hash, since paths may hold anything. */
function scheduleId(kind: ScheduleKind, { memory, tenant }: ScheduledFor): string {
  return `${kind}/${tenant}/${createHash("sha256").update(memory).digest("hex").slice(0, 8)}`;
}
