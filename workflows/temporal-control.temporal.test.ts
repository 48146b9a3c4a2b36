import { fileURLToPath } from "node:url";
import { WorkflowFailedError, type WorkflowHandle } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { needs } from "../src/lib/testing/require.ts";
import { MESSAGES, type Reported } from "./messages.ts";
import { CPU_QUEUE } from "./queues.ts";
import { temporalWorld, type TemporalWorld } from "./testing/temporal-world.ts";

const temporal = needs("temporal");
const WORKFLOWS = fileURLToPath(new URL("./testing/small-workflows.ts", import.meta.url));
const PATIENCE = { timeout: 10_000, interval: 50 };

interface Paced {
  readonly done: number;
  readonly units: number;
}

let world: TemporalWorld;
let ends: () => Promise<void>;
beforeAll(async () => {
  if (temporal.skip) return;
  world = await temporalWorld("control-tests");
  const workers = await world.workers({ workflows: WORKFLOWS, queues: ["cpu"], activities: () => ({}) });
  ends = () => workers.end();
});
afterAll(async () => {
  if (temporal.skip) return;
  await ends();
  await world.close();
});

const paced = (id: string, units: number): Promise<WorkflowHandle> =>
  world.client.workflow.start("paced", { taskQueue: CPU_QUEUE, workflowId: id, args: [units] });
const progress = (handle: WorkflowHandle) => handle.query<Reported<Paced>>(MESSAGES.progress);
const told = (handle: WorkflowHandle, message: string, ...args: readonly [] | readonly [unknown]) =>
  args.length === 0
    ? handle.executeUpdate<unknown, []>(message)
    : handle.executeUpdate<unknown, [unknown]>(message, { args: [args[0]] });
const refusal = async (answer: Promise<unknown>): Promise<string> => {
  const error: unknown = await answer.then(
    () => "taken",
    (thrown: unknown) => thrown,
  );
  return (error as { cause?: Error }).cause?.message ?? String(error);
};

describe.skipIf(temporal.skip)("a job that is being worked on, on a real server", () => {
  it("begins nothing while it is paused, says so, and goes on where it was", async () => {
    const handle = await paced("paced/1", 7);
    await vi.waitFor(async () => expect((await progress(handle)).progress.done).toBeGreaterThan(0), PATIENCE);
    expect(await told(handle, MESSAGES.pause)).toEqual({ paused: true, window: 2 });
    const second = () => new Promise((resolve) => setTimeout(resolve, 1_000));
    await second();
    await second(); // the unit that had begun: timers of the server are a second late
    const { done } = (await progress(handle)).progress;
    await second();
    await second(); // two more, were it not paused
    const now = await progress(handle);
    expect(now).toEqual({ paused: true, window: 2, progress: { done, units: 7 } });
    expect(done).toBeLessThan(7);
    expect(await refusal(told(handle, MESSAGES.pause))).toBe("it is paused already");
    await told(handle, MESSAGES.resume);
    expect(await refusal(told(handle, MESSAGES.resume))).toBe("it is not paused");
    expect(await handle.result()).toBe(2);
  });

  it("takes another window, and refuses what is none before it is written down", async () => {
    const handle = await paced("paced/2", 3);
    for (const none of [0, 65, 1.5, "many"])
      expect(await refusal(told(handle, MESSAGES.resize, none))).toBe(
        `a window is 1 to 64 series, not ${none}`,
      );
    expect(await told(handle, MESSAGES.resize, 8)).toEqual({ paused: false, window: 8 });
    expect(await handle.result()).toBe(8);
    const { events = [] } = await handle.fetchHistory();
    expect(events!.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes)).toHaveLength(1);
  });

  it("ends as cancelled when it is told so, also while it is paused", async () => {
    const handle = await paced("paced/3", 1_000);
    await told(handle, MESSAGES.pause);
    await told(handle, MESSAGES.cancel);
    await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
    expect((await handle.describe()).status.name).toBe("CANCELLED");
  });

  it("can be read on Temporal's page", async () => {
    const handle = await paced("paced/4", 1);
    await handle.result();
    const metadata = await handle.query<{ currentDetails?: string }>("__temporal_workflow_metadata");
    expect(metadata.currentDetails).toBe("- **done**: 1\n- **units**: 1");
  });
});
