import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import type { Backend } from "../activity-host.ts";
import { allActivities } from "../all-activities.ts";
import { begin, resultOf } from "../client.ts";
import { backfillId } from "../queues.ts";
import { fixtureCandles, keepFixture, writeCandles } from "../testing/backfill-fixture.ts";
import { temporalWorld, type TemporalWorld } from "../testing/temporal-world.ts";
import { look } from "../watch-workflow.ts";
import { backfillFrom, type BackfillResult } from "./plan.ts";

const temporal = needs("temporal");
const { signal } = new AbortController();
/** What no worker has yet: a job never pins it. */
const OTHER = "tensors" as Backend;

const at = temporaryFolder();
let world: TemporalWorld;
const workers: { end(): Promise<void> }[] = [];
const work = async (queue: "cpu" | "gpu", backend: Backend): Promise<{ end(): Promise<void> }> => {
  const started = await world.workers({ activities: allActivities, queues: [queue], backend });
  workers.push(started);
  return started;
};
beforeAll(async () => {
  if (!temporal.skip) world = await temporalWorld("backend-tests");
});
afterAll(async () => {
  if (!temporal.skip) {
    for (const one of workers) await one.end();
    await world.close();
  }
  at.remove();
});

describe.skipIf(temporal.skip)("a chunk of a job that pins what it is encoded with, on a real server", () => {
  it("is left by a worker that encodes with something else to one that does not", async () => {
    const file = writeCandles(at.path, fixtureCandles("S", 1_500));
    const ref = keepFixture(path.join(at.path, "memory"), { S: file }, { horizons: ["1h"], chunk: 2_000 });
    const id = backfillId(ref.job);
    await work("cpu", "arrays");
    const other = await work("gpu", OTHER);
    await begin(world, {
      type: "backfill",
      id,
      args: [backfillFrom(ref), { paused: false, window: 1 }],
      summary: "a test",
    });
    const refused = {
      activity: "encodeChunk",
      failure: expect.stringContaining("this worker of tensors") as string,
    };
    await vi.waitFor(
      async () => expect((await look(world, id)).pending).toContainEqual(expect.objectContaining(refused)),
      { timeout: 20_000, interval: 100 },
    );
    await other.end();
    await work("gpu", "arrays");
    const result = await resultOf<BackfillResult>(world, id, signal);
    expect(result).toMatchObject({ series: 1, failed: 0 });
    expect(result.patterns).toBeGreaterThan(0);
  });
});
