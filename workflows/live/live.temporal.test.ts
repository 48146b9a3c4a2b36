import path from "node:path";
import { fileURLToPath } from "node:url";
import { WorkflowFailedError } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { needs } from "../../src/lib/testing/require.ts";
import { allActivities } from "../all-activities.ts";
import { tell } from "../client.ts";
import { look } from "../watch-workflow.ts";
import { memoryMark } from "../memory-mark.ts";
import { MESSAGES, type Reported } from "../messages.ts";
import { CPU_QUEUE, liveId } from "../queues.ts";
import { expectAsAtOnce, inMemory, logged } from "../testing/live-steps.ts";
import { liveWorld, type LiveWorld } from "../testing/live-world.ts";
import { LARGEST_PAYLOAD, payloadSizes } from "../testing/payload-sizes.ts";
import { temporalWorld, type TemporalWorld } from "../testing/temporal-world.ts";
import { followedIn, liveSeriesIn } from "./followed.ts";
import { liveFrom, type LiveProgress } from "./plan.ts";
import { stopLive } from "./stop-live.ts";
import { tellLive } from "./tell-live.ts";

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
  const workflowId = liveId("default", memoryMark(world.memory), world.job.series[series]!);
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
    const { progress } = await handle.query<Reported<LiveProgress>>(MESSAGES.progress);
    expect(progress.answered).toBe(anchor);
  }, PATIENCE);
}

describe.skipIf(temporal.skip)("a series that is followed, on a real server", () => {
  it("answers each candle as its file is written, across a worker that is lost, and ends when it is asked to", async () => {
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
      // A worker that has just come knows no folders yet; whoever has looked once sees by itself that a file was written.
      const tell = (id: string): Promise<void> => server.client.workflow.getHandle(id).signal("candles");
      if (row === HISTORY + 5) expect(await tellLive(world.memory, [world.job.series[0]!], tell)).toBe(1);
      await answered(handle, world, 0, row);
    }
    await handle.signal("end");
    expect(await handle.result()).toEqual({ candles: 10, anchors: 10, answers: 11, abstained: expect.any(Number), late: 0, leftOut: 0 }); // prettier-ignore
    await workers.end();
    await expectAsAtOnce(world, HISTORY + 10);
    expect(logged(world, "AAA")).toHaveLength(11);
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({ RhymeSymbol: ["AAA"], RhymeEncoder: [world.encoder.version] });
  });

  it("is watched, paused, taken up again and cancelled as any other job is", async () => {
    const world = await liveWorld({ path: path.join(at.path, "told"), history: HISTORY, rows: HISTORY + 2, source: "told", everyMs: 500 }); // prettier-ignore
    const workers = await server.workers({ activities: allActivities });
    const handle = await begin(world, 0);
    await answered(handle, world, 0, HISTORY - 1);
    await tell(server, handle.workflowId, "pause");
    expect((await look(server, handle.workflowId)).reported).toMatchObject({
      ...{ paused: true, progress: { answers: 1, trouble: null } },
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // the look that ran is over
    world.append(0, HISTORY, HISTORY + 2);
    await handle.signal("candles");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await look(server, handle.workflowId)).reported?.progress).toMatchObject({ candles: 0 });
    await tell(server, handle.workflowId, "resume");
    await answered(handle, world, 0, HISTORY + 1);
    await tell(server, handle.workflowId, "cancel");
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect((await handle.describe()).status.name).toBe("CANCELLED");
    await workers.end();
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

  it("is stopped for good: it answers what is there, ends, and no schedule begins it again", async () => {
    const symbols = ["AAA", "BBB"];
    const world = await liveWorld({ path: path.join(at.path, "stopped"), symbols, history: HISTORY, rows: HISTORY + 2, source: "stopped" }); // prettier-ignore
    const { memory } = world;
    const workers = await server.workers({ activities: allActivities });
    const look = async (): Promise<unknown> => {
      const args = [{ kind: "live", memory, tenant: "default" }];
      return server.client.workflow.execute("scheduled", {
        taskQueue: CPU_QUEUE,
        workflowId: `look-${looks++}`,
        args,
      });
    };
    let looks = 0;
    expect(await look()).toEqual({ followed: 2 });
    const handles = followedIn(memory).map(({ id }) => server.client.workflow.getHandle(id)) as Handle[];
    for (const [series, handle] of handles.entries()) await answered(handle, world, series, HISTORY - 1);
    world.append(0, HISTORY, HISTORY + 2);
    const first = followedIn(memory).filter(({ series }) => series.symbol === "AAA");
    const signal = new AbortController().signal;
    expect(await stopLive(server, first, signal)).toEqual([
      { workflow: handles[0]!.workflowId, job: world.ref(0).job, is: "ended" },
    ]);
    expect(await handles[0]!.result()).toMatchObject({ candles: 2, answers: 3 });
    expect(await look()).toEqual({ followed: 1 });
    expect((await handles[0]!.describe()).status.name).toBe("COMPLETED");
    expect((await handles[1]!.describe()).status.name).toBe("RUNNING");
    expect((await stopLive(server, liveSeriesIn(memory), signal)).map(({ is }) => is)).toEqual([
      "not running",
      "ended",
    ]);
    expect(await look()).toEqual({ followed: 0 });
    await workers.end();
  });

  it("hands nothing above 16 KiB through Temporal", async () => {
    const sizes = await payloadSizes(server.client);
    expect(sizes.filter(({ workflow }) => workflow.startsWith("live/")).length).toBeGreaterThan(50);
    expect(sizes[0]!.bytes, JSON.stringify(sizes[0])).toBeLessThanOrEqual(LARGEST_PAYLOAD);
  });

  // The last one: workers of the build before would not take over again.
  it("goes on under the changed code of another build, without a worker of the one that it began on", async () => {
    const world = await liveWorld({ path: path.join(at.path, "builds"), history: HISTORY, rows: HISTORY + 2, source: "builds" }); // prettier-ignore
    const before = await server.workers({ activities: allActivities });
    const handle = await begin(world, 0);
    await answered(handle, world, 0, HISTORY - 1);
    await before.end();
    const workflows = fileURLToPath(new URL("../testing/changed-live.ts", import.meta.url));
    const after = await server.workers({ activities: allActivities, workflows, becomesCurrent: true });
    expect(after.buildId).not.toBe(before.buildId);
    world.append(0, HISTORY, HISTORY + 2);
    await handle.signal("candles");
    await answered(handle, world, 0, HISTORY + 1);
    await handle.signal("end");
    expect(await handle.result()).toMatchObject({ candles: 2, answers: 3 });
    await after.end();
  });
});
