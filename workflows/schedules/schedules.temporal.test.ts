import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { allActivities } from "../all-activities.ts";
import { backfillFrom } from "../backfill/plan.ts";
import { begin, resultOf } from "../client.ts";
import { backfillId } from "../queues.ts";
import { fixtureCandles, keepFixture, writeCandles } from "../testing/backfill-fixture.ts";
import { LARGEST_PAYLOAD, payloadSizes } from "../testing/payload-sizes.ts";
import { temporalWorld, type TemporalWorld } from "../testing/temporal-world.ts";
import { applySchedules, listSchedules } from "./apply-schedules.ts";
import { SCHEDULE_KINDS, schedulesOf } from "./schedule-table.ts";

const temporal = needs("temporal");
const signal = new AbortController().signal;
const PATIENCE = { timeout: 60_000, interval: 200 };

let world: TemporalWorld;
let ends: () => Promise<void>;
let at: TemporaryFolder;
let memory: string;
beforeAll(async () => {
  if (temporal.skip) return;
  at = temporaryFolder();
  memory = path.join(at.path, "memory");
  world = await temporalWorld("schedule-tests");
  const workers = await world.workers({ activities: allActivities });
  ends = () => workers.end();
  const file = writeCandles(at.path, fixtureCandles("AAAUSDT", 2_000));
  const ref = keepFixture(memory, { AAAUSDT: file }, { horizons: ["1h"] });
  const args = [backfillFrom(ref), { paused: false, window: 1 }];
  await begin(world, { type: "backfill", id: backfillId(ref.job), args, summary: "a test" });
  await resultOf(world, backfillId(ref.job), signal);
});
afterAll(async () => {
  if (temporal.skip) return;
  for (const { id } of await listSchedules(world)) await world.client.schedule.getHandle(id).delete();
  await ends();
  await world.close();
  at.remove();
});

const of = () => ({ memory, tenant: "default" });
const idOf = (kind: string): string => schedulesOf(of()).find((work) => work.kind === kind)!.id;

/** What the workflow that a schedule began ended with. */
async function ran(kind: string): Promise<unknown> {
  const handle = world.client.schedule.getHandle(idOf(kind));
  await handle.trigger();
  const workflow = await vi.waitFor(async () => {
    const action = (await handle.describe()).info.recentActions.at(-1)?.action;
    expect(action).toBeDefined();
    return action!.workflow.workflowId;
  }, PATIENCE);
  return resultOf(world, workflow, signal);
}

describe.skipIf(temporal.skip)("schedules, on a real server", () => {
  it("are made once, brought up to date after, and say why they are as they are", async () => {
    expect((await applySchedules(world, of())).map(({ created }) => created)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect((await applySchedules(world, of())).map(({ created }) => created)).toEqual([
      ...[false, false, false, false],
    ]);
    const rows = await listSchedules(world);
    expect(rows.map(({ id }) => id).sort()).toEqual(SCHEDULE_KINDS.map(idOf).sort());
    for (const { note, next, paused } of rows) {
      expect(note.length).toBeGreaterThan(40);
      expect(paused).toBe(false);
      expect(Date.parse(next!)).toBeGreaterThan(0);
    }
  });

  it("make up for what was missed only shortly after", async () => {
    for (const { id, overlap, catchupMinutes } of schedulesOf(of())) {
      const { policies } = await world.client.schedule.getHandle(id).describe();
      expect(policies).toMatchObject({ overlap, catchupWindow: catchupMinutes * 60_000 });
    }
  });

  it("stay paused when they are applied again", async () => {
    const handle = world.client.schedule.getHandle(idOf("train"));
    await handle.pause("no machine this week");
    await applySchedules(world, of());
    expect((await listSchedules(world)).find(({ id }) => id === idOf("train"))).toMatchObject({
      ...{ paused: true, note: "no machine this week" },
    });
  });

  it("label what has matured", async () => {
    expect(await ran("label")).toMatchObject({ series: 1, failed: 0 });
  });

  it("have no series to look at where none is followed", async () => {
    expect(await ran("live")).toEqual({ followed: 0 });
  });

  it("audit the memory into a report", async () => {
    await ran("audit");
    const reports = path.join(memory, "audits");
    expect(existsSync(reports) && readdirSync(reports).length).toBeGreaterThan(0);
  });

  it("hand nothing above 16 KiB through Temporal", async () => {
    const [largest] = await payloadSizes(world.client);
    expect(largest!.bytes, JSON.stringify(largest)).toBeLessThanOrEqual(LARGEST_PAYLOAD);
  });
});
