import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../src/lib/testing/require.ts";
import { temporaryFolder, type TemporaryFolder } from "../src/lib/testing/temporary-folder.ts";
import { allActivities } from "./all-activities.ts";
import type { Audited } from "./audit/tasks.ts";
import { begin, resultOf, tell } from "./client.ts";
import { keepJob } from "./job-folder.ts";
import type { AuditJob, JobRef, ReembedJob, TrainJob } from "./job.ts";
import { auditLocally, reembedLocally, trainLocally } from "./local-jobs.ts";
import { MESSAGES } from "./messages.ts";
import { auditId, reembedId, trainId } from "./queues.ts";
import type { ReembedResult } from "./reembed/activities.ts";
import { reembedFrom } from "./reembed/plan.ts";
import { digestOf, HORIZON, NO_ONE, rememberedWorld, type RememberedWorld } from "./testing/remembered-world.ts"; // prettier-ignore
import { LARGEST_PAYLOAD, payloadSizes } from "./testing/payload-sizes.ts";
import { temporalWorld, type TemporalWorld } from "./testing/temporal-world.ts";
import type { TrainResult } from "./train/activities.ts";
import { look } from "./watch-workflow.ts";

const temporal = needs("temporal");
const NIGHT = Date.UTC(2022, 0, 5, 3);
const COMMON = { tenant: "default", given: {}, calendars: [] };

let world: TemporalWorld;
let remembered: RememberedWorld;
let at: TemporaryFolder;
let workers: { end(): Promise<void> };
let made = 0;
beforeAll(async () => {
  if (temporal.skip) return;
  at = temporaryFolder();
  world = await temporalWorld("train-tests");
  remembered = await rememberedWorld(at.path, { rows: 800 });
  workers = await world.workers({ activities: allActivities });
});
afterAll(async () => {
  if (temporal.skip) return;
  await workers.end();
  await world.close();
  at.remove();
});

const copy = (): string => {
  const memory = join(at.path, `memory-${made++}`);
  cpSync(remembered.memory, memory, { recursive: true });
  return memory;
};
const start = async (type: string, id: string, from: object): Promise<string> => {
  await begin(world, { type, id, args: [from, { paused: false, window: 4 }], summary: "a test" });
  return id;
};
const training = (memory: string, steps = 20): JobRef =>
  keepJob<TrainJob>(
    memory,
    {
      ...{ ...COMMON, kind: "train", series: remembered.keys, timeframes: ["1h"], featureSet: "close12" },
      ...{ until: remembered.candles[0]!.knownAt[649]!, seed: 1, steps, every: 5, fits: "wasm" },
      trust: [HORIZON],
    },
    NIGHT,
  );
const embedding = (memory: string): JobRef =>
  keepJob<ReembedJob>(
    memory,
    {
      ...{ ...COMMON, kind: "reembed", goal: "switch", channel: "default", encoder: remembered.artefact },
      ...{ index: null, questions: 20 },
    },
    NIGHT,
  );
const auditing = (memory: string): JobRef =>
  keepJob<AuditJob>(
    memory,
    { ...COMMON, kind: "audit", index: null, full: true, answers: 5, questions: 20, seed: 1 },
    NIGHT,
  );

describe.skipIf(temporal.skip)("on a real server", () => {
  it("an encoder is trained to the bytes of the plan in process, also where its worker ends meanwhile", async () => {
    const [served, local] = [copy(), copy()];
    const ref = training(served, 120);
    const id = await start("train", trainId(ref.job), ref);
    await fitting(id);
    await workers.end();
    workers = await world.workers({ activities: allActivities });
    const result = await resultOf<TrainResult>(world, id, NO_ONE);
    expect(result).toEqual(await trainLocally(training(local, 120), { signal: NO_ONE, threads: 1 }));
    expect(digestOf(served)).toEqual(digestOf(local));
  });

  it("a version is embedded and switched to the bytes of the plan in process, paused in between", async () => {
    const [served, local] = [copy(), copy()];
    const ref = embedding(served);
    const id = await start("reembed", reembedId(ref.job), reembedFrom(ref));
    expect(await tell(world, id, MESSAGES.pause)).toMatchObject({ paused: true });
    await tell(world, id, MESSAGES.resume);
    const result = await resultOf<ReembedResult>(world, id, NO_ONE);
    expect(result).toEqual(await reembedLocally(embedding(local), { signal: NO_ONE, threads: 1 }));
    expect(result.switched).toBe(true);
    expect(digestOf(served)).toEqual(digestOf(local));
  });

  it("an audit writes the report of the plan in process", async () => {
    const [served, local] = [copy(), copy()];
    const ref = auditing(served);
    const audited = await resultOf<Audited>(world, await start("audit", auditId(ref.job), ref), NO_ONE);
    const { report } = await auditLocally(auditing(local), { signal: NO_ONE, threads: 1 });
    expect(JSON.parse(readFileSync(audited.report, "utf8"))).toEqual(
      JSON.parse(readFileSync(report, "utf8")),
    );
    expect(audited).toMatchObject({ alarms: 0, alert: null });
  });

  it("hands nothing above 16 KiB through Temporal", async () => {
    const sizes = await payloadSizes(world.client);
    expect(sizes.length).toBeGreaterThan(20);
    expect(sizes[0]!.bytes, JSON.stringify(sizes[0])).toBeLessThanOrEqual(LARGEST_PAYLOAD);
  });
});

/** Until a worker has begun to fit. */
async function fitting(id: string): Promise<void> {
  for (;;) {
    const { pending } = await look(world, id);
    if (pending.some(({ activity, started }) => activity === "fitEncoder" && started)) return;
    await setTimeout(100);
  }
}
