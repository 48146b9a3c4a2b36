import { afterEach, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { keepJob } from "../job-folder.ts";
import type { LiveJob } from "../job.ts";
import { clock, tools } from "../testing/live-steps.ts";
import { liveWorld } from "../testing/live-world.ts";
import { advanceSeries } from "./advance.ts";
import { answerSeries } from "./answer.ts";
import { stopSeries } from "./followed.ts";
import { forgetLive } from "./live-memory.ts";
import { forgetFiles, pollSource } from "./poll.ts";

const HISTORY = 600;

let at: TemporaryFolder | null = null;
afterEach(() => {
  forgetLive();
  forgetFiles();
  at?.remove();
});

it("a series that was stopped is not waited for, unless another job follows it", async () => {
  at = temporaryFolder();
  const symbols = ["AAA", "BBB"];
  const world = await liveWorld({
    path: at.path,
    symbols,
    history: HISTORY,
    rows: HISTORY + 1,
    patienceMs: 9e9,
  });
  world.append(0, HISTORY, HISTORY + 1);
  const own = world.ref(0);
  await pollSource(own, tools());
  await advanceSeries(own, tools());
  const after = world.series[0]!.knownAt[HISTORY - 1]!;
  const waitsFor = async (): Promise<number> =>
    (await answerSeries({ ...own, after, patient: true }, tools())).waitsFor;
  expect(await waitsFor()).toBe(1);
  stopSeries(world.ref(1));
  const other = { ...world.job, series: world.job.series.slice(1) };
  const ref = keepJob<LiveJob>(world.memory, other, clock.now);
  expect(await waitsFor()).toBe(1);
  stopSeries({ ...ref, series: 0 });
  expect(await waitsFor()).toBe(0);
});
