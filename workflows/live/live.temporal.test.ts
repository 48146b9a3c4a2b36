import path from "node:path";
import { WorkflowFailedError } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { needs } from "../../src/lib/testing/require.ts";
import { allActivities } from "../all-activities.ts";
import { CPU_QUEUE, liveId } from "../queues.ts";
import { expectAsAtOnce, inMemory, logged } from "../testing/live-steps.ts";
import { liveWorld, type LiveWorld } from "../testing/live-world.ts";
import { temporalWorld, type TemporalWorld } from "../testing/temporal-world.ts";
import { liveFrom, type LiveProgress } from "./plan.ts";

const temporal = needs("temporal");
const HISTORY = 600;
const PATIENCE = { timeout: 60_000, interval: 50 };

let server: TemporalWorld;
const at = temporaryFolder();
beforeAll(async () => {
  if (!temporal.skip) server = await temporalWorld("live-tests");
});
afterAll(async () => {
  if (!temporal.skip) await server.close();
  at.remove();
});

const begin = (world: LiveWorld, series: number) => {
  const { source, symbol, timeframe } = world.job.series[series]!;
  const workflowId = liveId("default", source, symbol, timeframe);
  return server.client.workflow.start("live", {
    taskQueue: CPU_QUEUE,
    workflowId,
    args: [liveFrom(world.ref(series))],
  });
};

type Handle = Awaited<ReturnType<typeof begin>>;

/** Waits until the newest moment that was answered is that of row `row`. */
async function answered(handle: Handle, world: LiveWorld, series: number, row: number): Promise<void> {
  const anchor = world.series[series]!.knownAt[row]!;
  await vi.waitFor(async () => {
    const progress = await handle.query<LiveProgress | null>("progress");
    expect(progress?.answered).toBe(anchor);
  }, PATIENCE);
}

describe.skipIf(temporal.skip)("a series that is followed, on a real server", () => {
  it("answers each candle that it is told of, across a worker that is lost, and ends when it is asked to", async () => {
    const world = await liveWorld({ path: path.join(at.path, "one"), history: HISTORY, rows: HISTORY + 10 });
    let workers = await server.workers({ activities: allActivities });
    const handle = await begin(world, 0);
    await answered(handle, world, 0, HISTORY - 1);
    for (let row = HISTORY; row < HISTORY + 10; row++) {
      if (row === HISTORY + 5) {
        await workers.end();
        workers = await server.workers({ activities: allActivities });
      }
      world.append(0, row, row + 1);
      await handle.signal("candles");
      await answered(handle, world, 0, row);
    }
    await handle.signal("end");
    expect(await handle.result()).toEqual({ candles: 10, anchors: 10, answers: 11, abstained: expect.any(Number), late: 0 }); // prettier-ignore
    await workers.end();
    await expectAsAtOnce(world, HISTORY + 10);
    expect(logged(world, "AAA")).toHaveLength(11);
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ RhymeSymbol: ["AAA"], RhymeEncoder: [world.encoder.version] });
  });

  it("looks by itself where nobody tells it, and goes through what it missed in order", async () => {
    const symbols = ["AAA", "BBB"];
    const world = await liveWorld({ path: path.join(at.path, "two"), symbols, history: HISTORY, rows: HISTORY + 12, patienceMs: 30_000, everyMs: 500, source: "other" }); // prettier-ignore
    let workers = await server.workers({ activities: allActivities });
    const handles = [await begin(world, 0), await begin(world, 1)];
    for (const [series, handle] of handles.entries()) await answered(handle, world, series, HISTORY - 1);
    await workers.end();
    for (const series of [0, 1]) world.append(series, HISTORY, HISTORY + 12); // an hour without anybody
    workers = await server.workers({ activities: allActivities });
    for (const [series, handle] of handles.entries()) await answered(handle, world, series, HISTORY + 11);
    for (const handle of handles) await handle.cancel();
    for (const handle of handles) await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    await workers.end();
    await expectAsAtOnce(world, HISTORY + 12);
    for (const symbol of symbols) {
      const anchors = logged(world, symbol).map(({ question }) => Date.parse(question.anchor));
      const { knownAt } = world.series[symbols.indexOf(symbol)]!;
      expect(anchors).toEqual([...knownAt.subarray(HISTORY - 1, HISTORY + 12)]);
    }
    const missed = inMemory(world.memory, ({ ingests }) =>
      ingests.list().map(({ candles }) => candles["added"]),
    );
    expect(missed).toEqual([12, 12]);
  });
});
