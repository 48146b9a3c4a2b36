import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { allActivities } from "../all-activities.ts";
import { resultOf } from "../client.ts";
import { memoryMark } from "../memory-mark.ts";
import { liveId } from "../queues.ts";
import { inFolder, NO_ONE, rememberedWorld } from "../testing/remembered-world.ts";
import { liveWorld, type LiveWorld } from "../testing/live-world.ts";
import { LARGEST_PAYLOAD, payloadSizes } from "../testing/payload-sizes.ts";
import { temporalWorld, type TemporalWorld } from "../testing/temporal-world.ts";
import type { TrainResult } from "../train/activities.ts";
import { applySchedules, listSchedules } from "./apply-schedules.ts";
import { schedulesOf, type ScheduleKind } from "./schedule-table.ts";

const temporal = needs("temporal");
const PATIENCE = { timeout: 60_000, interval: 200 };

let world: TemporalWorld;
let ends: () => Promise<void>;
const at = temporaryFolder();
beforeAll(async () => {
  if (temporal.skip) return;
  world = await temporalWorld("fired-tests");
  const workers = await world.workers({ activities: allActivities });
  ends = () => workers.end();
});
afterAll(async () => {
  if (temporal.skip) return;
  for (const { id } of await listSchedules(world)) await world.client.schedule.getHandle(id).delete();
  await ends();
  await world.close();
  at.remove();
});

/** What the workflow that a schedule of a memory begins now ends with. */
async function fired(memory: string, kind: ScheduleKind): Promise<unknown> {
  const { id } = schedulesOf({ memory, tenant: "default" }).find((work) => work.kind === kind)!;
  const handle = world.client.schedule.getHandle(id);
  const before = (await handle.describe()).info.numActionsTaken;
  await handle.trigger();
  const workflow = await vi.waitFor(async () => {
    const { numActionsTaken, recentActions } = (await handle.describe()).info;
    expect(numActionsTaken).toBeGreaterThan(before);
    return recentActions.at(-1)!.action.workflow.workflowId;
  }, PATIENCE);
  return resultOf(world, workflow, NO_ONE);
}

const liveOf = ({ memory, job }: LiveWorld) =>
  world.client.workflow.getHandle(liveId(job.tenant, memoryMark(memory), job.series[0]!));

const statusOf = async (followed: LiveWorld): Promise<string> =>
  liveOf(followed)
    .describe()
    .then(
      ({ status }) => status.name,
      () => "none",
    );

describe.skipIf(temporal.skip)("schedules that fire, on a real server", () => {
  it("train an encoder on what there is, and put it onto the memory's shelf", async () => {
    const { memory } = await rememberedWorld(at.path, { rows: 700, symbols: ["AAA"] });
    await applySchedules(world, { memory, tenant: "default" });
    const { encoder, trust } = (await fired(memory, "train")) as TrainResult;
    expect(trust).toHaveLength(1);
    expect(inFolder(memory, ({ encoders }) => encoders.list().map(({ version }) => version))).toContain(
      encoder,
    );
  });

  it("begin a followed series again that somebody ended, in its own memory alone", async () => {
    const [one, other] = await Promise.all(
      ["one", "other"].map((name) => liveWorld({ path: path.join(at.path, name), history: 400, rows: 400 })),
    );
    await applySchedules(world, { memory: one!.memory, tenant: "default" });
    expect(await fired(one!.memory, "live")).toEqual({ followed: 1 });
    expect([await statusOf(one!), await statusOf(other!)]).toEqual(["RUNNING", "none"]);
    await liveOf(one!).terminate("somebody ended it");
    expect(await fired(one!.memory, "live")).toEqual({ followed: 1 });
    await applySchedules(world, { memory: other!.memory, tenant: "default" });
    expect(await fired(other!.memory, "live")).toEqual({ followed: 1 });
    expect([await statusOf(one!), await statusOf(other!)]).toEqual(["RUNNING", "RUNNING"]);
    for (const followed of [one!, other!]) await liveOf(followed).terminate();
  });

  it("hand nothing above 16 KiB through Temporal", async () => {
    const [largest] = await payloadSizes(world.client);
    expect(largest!.bytes, JSON.stringify(largest)).toBeLessThanOrEqual(LARGEST_PAYLOAD);
  });
});
