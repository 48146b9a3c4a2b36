import path from "node:path";
import { WorkflowNotFoundError } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { begin, resultOf, tell } from "../client.ts";
import { readJob } from "../job-folder.ts";
import type { BackfillJob, JobRef } from "../job.ts";
import { backfillLocally } from "../local.ts";
import { MESSAGES } from "../messages.ts";
import { backfillId, seriesId } from "../queues.ts";
import { digestOf, fixtureCandles, keepFixture, writeCandles } from "../testing/backfill-fixture.ts";
import { Gate } from "../testing/gate.ts";
import { temporalWorld, type TemporalWorld } from "../testing/temporal-world.ts";
import { backfillFrom, type BackfillResult } from "./plan.ts";

const temporal = needs("temporal");
const { signal } = new AbortController();
const SERIES = ["AAAUSDT", "BBBUSDT"];
const SOON = { timeout: 20_000, interval: 50 };

let world: TemporalWorld;
let ends: () => Promise<void>;
let at: TemporaryFolder;
const gate = new Gate();
let whole: string;
let encoder: string;
beforeAll(async () => {
  if (temporal.skip) return;
  at = temporaryFolder();
  world = await temporalWorld("interrupted-tests");
  const workers = await world.workers({ activities: gate.activities });
  ends = () => workers.end();
  encoder = (await backfillLocally(job("undisturbed"), { signal })).encoder!;
  whole = digest("undisturbed");
});
afterAll(async () => {
  if (temporal.skip) return;
  await ends();
  await world.close();
  at.remove();
});

function job(memory: string): JobRef {
  const files = SERIES.map(
    (symbol) => [symbol, writeCandles(at.path, fixtureCandles(symbol, 1_500))] as const,
  );
  return keepFixture(path.join(at.path, memory), Object.fromEntries(files), {
    horizons: ["1h"],
    chunk: 2_000,
  });
}

const digest = (memory: string): string => digestOf(path.join(at.path, memory)).all;

async function started(ref: JobRef): Promise<string> {
  const id = backfillId(ref.job);
  await begin(world, {
    type: "backfill",
    id,
    args: [backfillFrom(ref), { paused: false, window: 2 }],
    summary: "a test",
  });
  return id;
}

const child = ({ job: of }: JobRef, symbol: string) =>
  world.client.workflow.getHandle(seriesId(of, symbol, "5m"));
const statusOf = async (ref: JobRef, symbol: string): Promise<string> =>
  (await child(ref, symbol).describe()).status.name;

/** Events of a workflow that have these attributes. */
async function eventsOf(id: string, attributes: string): Promise<number> {
  const { events } = await world.client.workflow.getHandle(id).fetchHistory();
  return events!.filter((event) => Object.hasOwn(event, attributes)).length;
}

describe.skipIf(temporal.skip)("a backfill that is interrupted, on a real server", () => {
  it("terminated while its series run, and begun again at once, does all of them to the same bytes", async () => {
    const ref = job("terminated");
    gate.close("commitChunk");
    const id = await started(ref);
    await vi.waitFor(() => expect(gate.held("commitChunk")).toBe(2), SOON);
    await world.client.workflow.getHandle(id).terminate();
    await started(ref);
    gate.open("commitChunk");
    expect(await resultOf<BackfillResult>(world, id, signal)).toMatchObject({ series: 2, failed: 0 });
    expect(digest("terminated")).toBe(whole);
  });

  it("waits for a series that an earlier run has not left yet, and gives none up", async () => {
    const ref = job("terminated"); // whose encoder is there
    const id = backfillId(ref.job);
    const { horizons } = readJob<BackfillJob>(ref, "backfill");
    gate.close("encodeChunk");
    await begin(world, {
      ...{ type: "backfillSeries", id: seriesId(ref.job, "BBBUSDT", "5m"), summary: "of an earlier run" },
      args: [{ ...ref, series: 1, encoder, horizons }],
    });
    await vi.waitFor(() => expect(gate.held("encodeChunk")).toBe(1), SOON);
    await started(ref);
    const refused = () => eventsOf(id, "startChildWorkflowExecutionFailedEventAttributes");
    await vi.waitFor(async () => expect(await refused()).toBeGreaterThan(0), SOON);
    gate.open("encodeChunk");
    expect(await resultOf<BackfillResult>(world, id, signal)).toMatchObject({ series: 2, failed: 0 });
  });

  it("ends as cancelled once its series have, not before", async () => {
    const ref = job("cancelled");
    gate.close("commitChunk");
    const id = await started(ref);
    await vi.waitFor(() => expect(gate.held("commitChunk")).toBe(2), SOON);
    await tell(world, id, MESSAGES.cancel);
    await expect(resultOf(world, id, signal)).rejects.toThrow(/it was cancelled/);
    expect(await Promise.all(SERIES.map((symbol) => statusOf(ref, symbol)))).toEqual([
      "CANCELLED",
      "CANCELLED",
    ]);
  });

  it("reports a series that somebody has cancelled by hand, and does the others", async () => {
    const ref = job("one-cancelled");
    gate.close("commitChunk");
    const id = await started(ref);
    await vi.waitFor(() => expect(gate.held("commitChunk")).toBe(2), SOON);
    await child(ref, "BBBUSDT").cancel();
    await vi.waitFor(async () => expect(await statusOf(ref, "BBBUSDT")).toBe("CANCELLED"), SOON);
    gate.open("commitChunk");
    const result = await resultOf<BackfillResult>(world, id, signal);
    expect(result).toMatchObject({
      failed: 1,
      failures: [{ symbol: "BBBUSDT", reason: expect.stringMatching(/cancelled/i) as string }],
    });
    expect(result.patterns).toBeGreaterThan(0);
  });

  it("begins no series while it is paused, also where it had asked for its name before", async () => {
    const ref = job("paused");
    gate.close("seriesName");
    const id = await started(ref);
    await vi.waitFor(() => expect(gate.held("seriesName")).toBe(2), SOON);
    await tell(world, id, MESSAGES.pause);
    gate.open("seriesName");
    // openJob, two of ingestSeries, chooseEncoder, and the two names
    const done = () => eventsOf(id, "activityTaskCompletedEventAttributes");
    await vi.waitFor(async () => expect(await done()).toBe(6), SOON);
    await world.client.workflow.getHandle(id).query(MESSAGES.progress); // it has worked on what it was told
    for (const symbol of SERIES) await expect(statusOf(ref, symbol)).rejects.toThrow(WorkflowNotFoundError);
    await tell(world, id, MESSAGES.resume);
    expect(await resultOf<BackfillResult>(world, id, signal)).toMatchObject({ failed: 0 });
    expect(digest("paused")).toBe(whole);
  });
});
