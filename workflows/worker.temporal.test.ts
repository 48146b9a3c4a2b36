import { fileURLToPath } from "node:url";
import { WorkflowFailedError } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { needs } from "../src/lib/testing/require.ts";
import { tell } from "./client.ts";
import { currentBuild } from "./deployment.ts";
import { failureType } from "./failure-type.ts";
import { fromFailure } from "./failures.ts";
import { CPU_QUEUE } from "./queues.ts";
import { RETRY } from "./retry.ts";
import { smallActivities } from "./testing/small-activities.ts";
import { temporalWorld, type TemporalWorld } from "./testing/temporal-world.ts";

const temporal = needs("temporal");
const WORKFLOWS = fileURLToPath(new URL("./testing/small-workflows.ts", import.meta.url));
const tasks = new URL("./testing/small-tasks.ts", import.meta.url).href;

const PATIENCE = { timeout: 10_000, interval: 50 };

let world: TemporalWorld;
let ends: () => Promise<void>;
let build: string;
beforeAll(async () => {
  if (temporal.skip) return;
  world = await temporalWorld("worker-tests");
  const options = { workflows: WORKFLOWS, compute: { tasks } };
  const workers = await world.workers({
    ...options,
    activities: (_queue, tools) => ({ ...smallActivities(tools) }),
  });
  ends = () => workers.end();
  build = workers.buildId;
});
afterAll(async () => {
  if (temporal.skip) return;
  await ends();
  await world.close();
});

const start = (type: string, id: string, ...args: readonly unknown[]) =>
  world.client.workflow.start(type, { taskQueue: CPU_QUEUE, workflowId: id, args: [...args] });

describe.skipIf(temporal.skip)("a worker, on a real server", () => {
  it("has made its build the one that new workflows begin on", async () => {
    expect(await currentBuild(world)).toBe(build);
    const handle = await start("idle", "idle/1");
    await vi.waitFor(async () => {
      const { raw } = await handle.describe();
      expect(raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion).toMatchObject({ buildId: build });
    }, PATIENCE);
    await handle.terminate();
  });

  it("ends at once what no retry puts right, with all that the error said, and logs whose it was", async () => {
    const handle = await start("failing", "ingest/job1/BTCUSDT/5m", "final");
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect(failureType(error)).toBe("input");
    expect(fromFailure(error)).toMatchObject({ kind: "input", fields: { place: "prices.csv:3" } });
    const lines = await vi.waitFor(() => {
      const found = world.logged.filter(({ msg, how }) => msg === "about to fail" && how === "final");
      expect(found).toHaveLength(1);
      return found;
    }, PATIENCE);
    expect(lines[0]).toMatchObject({
      ...{ workflow: "ingest/job1/BTCUSDT/5m", correlation: "ingest/job1", symbol: "BTCUSDT" },
      ...{ activity: "failing", attempt: 1 },
    });
  });

  it("retries what may pass", async () => {
    expect(await (await start("failing", "ingest/job2/BTCUSDT/5m", "passing")).result()).toBe(3);
  });

  it("tries again however many workers were killed with it: more than the attempts that may fail", async () => {
    const deaths = RETRY.maximumAttempts + 1;
    const handle = await start("outliving", "outliving/1", deaths);
    expect(await handle.result()).toBe(deaths + 1);
  });

  it("beats through 30 s of encoding that never gives up its thread", async () => {
    const handle = await start("busy", "busy/1", 30_000);
    const result = handle.result();
    const beats = new Set<number>();
    const attempts = new Set<number>();
    for (let done = false; !done;) {
      const { raw } = await handle.describe();
      const pending = raw.pendingActivities?.[0];
      if (pending?.attempt) attempts.add(pending.attempt);
      const beat = pending?.lastHeartbeatTime;
      if (beat) beats.add(Number(beat.seconds) * 1000 + Math.floor(Number(beat.nanos) / 1e6));
      done = await Promise.race([
        result.then(() => true),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 200)),
      ]);
    }
    expect(await result).toBe("done");
    const times = [...beats].sort((a, b) => a - b);
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(20_000);
    expect([...attempts]).toEqual([1]); // three seconds without a beat would have begun another
  });

  it("is told to end while every slot that computes is taken, with more waiting behind", async () => {
    const handle = await start("crowd", "crowd/1", 8, 60_000);
    await vi.waitFor(
      async () => {
        const pending = (await handle.describe()).raw.pendingActivities ?? [];
        expect(pending.filter(({ lastStartedTime }) => lastStartedTime).length).toBeGreaterThan(4);
      },
      { ...PATIENCE, timeout: 40_000 },
    );
    const asked = performance.now();
    await tell(world, "crowd/1", "cancel");
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    // 0.3 s, measured while six others used the machine; a slot becomes free after a minute.
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect((await handle.describe()).status.name).toBe("CANCELLED");
    // What asks the server to cancel was done, and not only the client's last resort, before a slot became free.
    const { events } = await handle.fetchHistory();
    const names = new Map(
      events!.map((event) => [
        Number(event.eventId),
        event.activityTaskScheduledEventAttributes?.activityType?.name,
      ]),
    );
    const completed = events!.flatMap(({ activityTaskCompletedEventAttributes: done }) =>
      done ? [names.get(Number(done.scheduledEventId))] : [],
    );
    expect(completed).toEqual(["cancelRun"]);
  });

  it("ends within 2 s of a cancellation what never listens", async () => {
    const handle = await start("busy", "busy/2", 60_000);
    while (!(await handle.describe()).raw.pendingActivities?.[0]?.lastHeartbeatTime)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const asked = performance.now();
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect(performance.now() - asked).toBeLessThan(2_000); // the requirement itself, not a guess
    expect((await handle.describe()).status.name).toBe("CANCELLED");
  });
});
