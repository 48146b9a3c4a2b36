import { heldEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import { readableHoldings } from "../../src/lib/adapters/folder/tenant-holdings.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import { DAY } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import { forgetEnded, keepJob } from "../job-folder.ts";
import type { AuditJob, JobRef, TrainJob } from "../job.ts";
import { followedIn, liveMemo } from "../live/followed.ts";
import { liveFrom } from "../live/plan.ts";
import { AT_FIRST } from "../messages.ts";
import { reading } from "../memory-access.ts";
import { auditId, trainId } from "../queues.ts";
import type { ScheduledFor } from "./schedule-table.ts";

/** A workflow that a schedule begins. */
export interface Due {
  readonly type: string;
  readonly id: string;
  readonly args: readonly unknown[];
  readonly memo?: Readonly<Record<string, string>>;
}

export interface DueInput extends ScheduledFor {
  readonly kind: "train" | "audit";
}

/** A run that ended may be asked again by an attempt that does not know it yet, but not after this long. */
const KEPT_MS = 2 * DAY;

/** Keeps the job that is due now; asked twice within a day it is the same one, so that a retry begins nothing new. */
export async function dueJob(
  { kind, memory, tenant, index = null }: DueInput,
  tools: TaskTools,
): Promise<Due> {
  const day = Math.floor(tools.now() / DAY);
  // What they found is a report, or an encoder: their folders would become more for ever.
  forgetEnded(memory, kind, tools.now() - KEPT_MS);
  if (kind === "audit") {
    const ref = keepAudit({ memory, tenant, index }, day, tools.now());
    return { type: "audit", id: auditId(ref.job), args: [ref, AT_FIRST] };
  }
  const ref = await keepTraining({ memory, tenant }, tools);
  return { type: "train", id: trainId(ref.job), args: [ref, AT_FIRST] };
}

/** Another sample of stored answers each day; every row on Sundays, the structure on other days. */
function keepAudit({ memory, tenant, index = null }: ScheduledFor, day: number, now: number): JobRef {
  const sunday = new Date(day * DAY).getUTCDay() === 0;
  const wanted = {
    index,
    full: sunday,
    answers: 100,
    questions: 100,
    seed: day,
    given: {},
    calendars: [], // workers have those that `./rhyme work` loaded
  };
  return keepJob<AuditJob>(memory, { kind: "audit", tenant, ...wanted }, now);
}

/** The share of the history that the fold of a regular fit spans: what comes after it scores what was fitted. */
const FOLD = 0.8;

/** The encoder that is read, fitted again on more history. @throws RhymeError "usage" where nothing is remembered */
async function keepTraining({ memory, tenant }: ScheduledFor, tools: TaskTools): Promise<JobRef> {
  const wanted = await reading(memory, (folder) => {
    const held = readableHoldings(folder, { tenant });
    if (held.length === 0) throw nothingHeld(memory, tenant);
    const { featureSet, design } = heldEncoder(folder, held[0]!.encoder);
    const series = held
      .filter((one) => one.encoder === held[0]!.encoder && one.timeframe === design.timeframes[0])
      .map(({ source, symbol, timeframe }) => ({ source, symbol, timeframe }));
    const from = Math.min(...held.map(({ firstAnchor }) => firstAnchor));
    const to = Math.max(...held.map(({ lastAnchor }) => lastAnchor));
    const until = Math.floor((from + FOLD * (to - from)) / DAY) * DAY;
    const trust = Object.keys(held[0]!.contexts).sort();
    return { series, timeframes: [...design.timeframes], featureSet, until, trust };
  });
  return keepJob<TrainJob>(
    memory,
    {
      ...{ kind: "train", tenant, ...wanted, seed: 1, steps: null, every: 100, fits: "wasm" },
      ...{ given: { schedule: "train" }, calendars: [] },
    },
    tools.now(),
  );
}

function nothingHeld(memory: string, tenant: string): RhymeError {
  return new RhymeError("usage", {
    place: memory,
    expected: `series that tenant ${tenant} remembers`,
    received: "none",
    remedy: "./rhyme start backfill remembers some.",
  });
}

export interface FollowedInput extends ScheduledFor {
  readonly skip: number;
  readonly limit: number;
}

/** Series that are to be followed and were not stopped, some at a time. */
export async function followedSeries({
  memory,
  tenant,
  skip,
  limit,
}: FollowedInput): Promise<readonly Due[]> {
  return followedIn(memory, tenant)
    .slice(skip, skip + limit)
    .map(({ ref, id }) => ({ type: "live", id, args: [liveFrom(ref)], memo: liveMemo(ref) }));
}
