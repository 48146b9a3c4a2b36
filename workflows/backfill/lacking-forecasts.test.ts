import { afterAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import type { TaskTools } from "../compute/task.ts";
import { ingestSeries } from "../ingest/tasks.ts";
import { keepJob, type Wanted } from "../job-folder.ts";
import type { BackfillJob } from "../job.ts";
import { NOW, syntheticJob, truthOf } from "../kills/fixture.ts";
import { encodeChunk } from "./encode-chunk.ts";
import { chooseEncoder, commitChunk } from "./tasks.ts";

const at = temporaryFolder();
afterAll(() => at.remove());
const CHUNK = 300;

const { signal } = new AbortController();
const tools: TaskTools = { signal, before: null, progress: () => undefined, log: () => undefined, count: () => undefined, now: () => NOW }; // prettier-ignore

/** How many segments the one series of a job takes; throws where it goes round for ever. */
async function segmentsOf(memory: string, job: Wanted<BackfillJob>): Promise<number> {
  const ref = keepJob(`${at.path}/${memory}`, job, NOW);
  const one = { ...ref, series: 0 };
  await ingestSeries(one, tools);
  const { encoder } = await chooseEncoder({ ...ref, failed: [] }, tools);
  for (let segments = 0; segments < 20; segments++) {
    const segment = await encodeChunk({ ...one, encoder, backend: "arrays" }, tools);
    if (segment === null) return segments;
    await commitChunk({ ...one, encoder, segment }, tools);
  }
  throw new Error("it goes round for ever");
}

describe("moments that are stored without a base forecast", () => {
  it("are encoded once where their history is too short for any", async () => {
    const short = await syntheticJob(at.path, { rows: 1_000, symbols: ["SHORT"], chunk: CHUNK });
    expect(await segmentsOf("short", short)).toBe(4); // 1,000 moments but for those of the warm-up
    expect(await segmentsOf("short", short)).toBe(0);
  });

  it("are encoded once more, part by part, where they gain one over a new horizon", async () => {
    const whole = await syntheticJob(at.path, { symbols: ["LONG"], chunk: CHUNK });
    const once = await segmentsOf("at-once", whole);
    await segmentsOf("one-by-one", { ...whole, horizons: ["1h"] });
    // Those alone that had history enough for a forecast.
    const again = await segmentsOf("one-by-one", whole);
    expect(again).toBeGreaterThan(1);
    expect(again).toBeLessThan(once);
    expect(truthOf(`${at.path}/one-by-one`)).toEqual(truthOf(`${at.path}/at-once`));
  });
});
