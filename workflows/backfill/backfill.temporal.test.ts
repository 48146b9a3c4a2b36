import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { allActivities } from "../all-activities.ts";
import { begin, resultOf, tell } from "../client.ts";
import type { JobRef } from "../job.ts";
import { backfillLocally } from "../local.ts";
import { DEFAULT_WINDOW, MESSAGES } from "../messages.ts";
import { backfillId, seriesId } from "../queues.ts";
import { runningWorkflows } from "../running-workflows.ts";
import { encoderAttribute, symbolAttribute } from "../search-attributes.ts";
import { LARGEST_PAYLOAD, payloadSizes } from "../testing/payload-sizes.ts";
import { digestOf, fixtureCandles, keepFixture, writeCandles } from "../testing/backfill-fixture.ts";
import { temporalWorld, type TemporalWorld } from "../testing/temporal-world.ts";
import { look, watchWorkflow, type Seen } from "../watch-workflow.ts";
import { backfillFrom, type BackfillResult } from "./plan.ts";

const temporal = needs("temporal");
const ROWS = 2_000;
const signal = new AbortController().signal;

let world: TemporalWorld;
let ends: () => Promise<void>;
let at: TemporaryFolder;
beforeAll(async () => {
  if (temporal.skip) return;
  at = temporaryFolder();
  world = await temporalWorld("backfill-tests");
  const workers = await world.workers({ activities: allActivities });
  ends = () => workers.end();
});
afterAll(async () => {
  if (temporal.skip) return;
  await ends();
  await world.close();
  at.remove();
});

/** A job over some generated series. */
function job(memory: string, symbols: readonly string[]): JobRef {
  const files = symbols.map(
    (symbol) => [symbol, writeCandles(at.path, fixtureCandles(symbol, ROWS))] as const,
  );
  return keepFixture(path.join(at.path, memory), Object.fromEntries(files));
}

const started = async (ref: JobRef, window = DEFAULT_WINDOW): Promise<string> => {
  const id = backfillId(ref.job);
  const args = [backfillFrom(ref), { paused: false, window }];
  await begin(world, { type: "backfill", id, args, summary: "a test" });
  return id;
};

const digest = (memory: string): string => digestOf(path.join(at.path, memory)).all;

describe.skipIf(temporal.skip)("a backfill, on a real server", () => {
  it("ends in the bytes of the same plan in process, and says so while it runs and after", async () => {
    const seen: Seen[] = [];
    const id = await started(job("served", ["AAAUSDT", "BBBUSDT"]));
    const result = await watchWorkflow<BackfillResult>(world, id, {
      ...{ signal, everyMs: 100 },
      onSeen: (one) => seen.push(one),
    });
    expect(result).toMatchObject({ series: 2, failed: 0, candles: 2 * ROWS });
    const local = await backfillLocally(job("local", ["AAAUSDT", "BBBUSDT"]), { signal });
    expect(result).toEqual(local);
    expect(digest("served")).toBe(digest("local"));
    const phases = new Set(seen.flatMap(({ reported }) => (reported ? [reported.progress["phase"]] : [])));
    expect(phases.size).toBeGreaterThan(1);
    expect(seen.some(({ pending }) => pending.length > 0)).toBe(true);
  });

  it("is found by symbol and encoder, a workflow for each series", async () => {
    const { encoder } = await resultOf<BackfillResult>(world, (await newest())!, signal);
    const query = `${symbolAttribute.name} = "AAAUSDT" AND ${encoderAttribute.name} = "${encoder}"`;
    const found: string[] = [];
    for await (const { workflowId } of world.client.workflow.list({ query })) found.push(workflowId);
    expect(found).toEqual([seriesId((await newest())!.split("/")[1]!, "AAAUSDT", "5m")]);
  });

  it("gives up what cannot be read, says why, and does the others", async () => {
    const ref = job("poisoned", ["AAAUSDT", "CCCUSDT"]);
    writeFileSync(path.join(at.path, "CCCUSDT-5m.csv"), "no candles\n");
    const id = await started(ref);
    const result = await resultOf<BackfillResult>(world, id, signal);
    expect(result).toMatchObject({ series: 2, failed: 1, failures: [{ symbol: "CCCUSDT" }] });
    expect(result.patterns).toBeGreaterThan(0);
  });

  it("is paused, taken up again and cancelled, and the same job then ends in the same bytes", async () => {
    const ref = job("cancelled", ["AAAUSDT", "BBBUSDT"]);
    const id = await started(ref, 1);
    expect(await tell(world, id, MESSAGES.pause)).toEqual({ paused: true, window: 1 });
    await expect(tell(world, id, MESSAGES.pause)).rejects.toThrow(/it is paused already/);
    expect((await look(world, id)).reported).toMatchObject({ paused: true });
    await tell(world, id, MESSAGES.resume);
    await tell(world, id, MESSAGES.cancel);
    await expect(resultOf(world, id, signal)).rejects.toThrow(/it was cancelled/);
    expect((await runningWorkflows(world)).map((running) => running.id)).not.toContain(id);
    await started(ref);
    await resultOf(world, id, signal);
    expect(digest("cancelled")).toBe(digest("local"));
  });

  it("hands nothing above 16 KiB through Temporal", async () => {
    const sizes = await payloadSizes(world.client);
    expect(sizes.length).toBeGreaterThan(50);
    expect(sizes[0]!.bytes, JSON.stringify(sizes[0])).toBeLessThanOrEqual(LARGEST_PAYLOAD);
  });
});

async function newest(): Promise<string | null> {
  const query = `WorkflowType = "backfill"`;
  for await (const { workflowId } of world.client.workflow.list({ query })) return workflowId;
  return null;
}
