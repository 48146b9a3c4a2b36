import { afterEach, beforeEach, expect, it } from "vitest";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { keepJob } from "../job-folder.ts";
import type { LiveJob } from "../job.ts";
import { clock, logged, tools } from "../testing/live-steps.ts";
import { liveWorld } from "../testing/live-world.ts";
import { advanceSeries } from "./advance.ts";
import { answerSeries } from "./answer.ts";
import { forgetLive } from "./live-memory.ts";
import { forgetFiles, pollSource } from "./poll.ts";

const HISTORY = 600;
let at: TemporaryFolder;
beforeEach(() => {
  at = temporaryFolder();
});
afterEach(() => {
  forgetLive();
  forgetFiles();
  at.remove();
});

it("says how many of the moments that were missed are too many to answer, in its result and in the log", async () => {
  const world = await liveWorld({ path: at.path, history: HISTORY, rows: HISTORY + 1_007 });
  world.append(0, HISTORY, HISTORY + 1_007);
  await pollSource(world.ref(0), tools());
  await advanceSeries(world.ref(0), tools());
  const logged: unknown[] = [];
  const log = (_level: string, _message: string, fields?: unknown): void => void logged.push(fields);
  const after = world.series[0]!.knownAt[HISTORY - 1]!;
  const said = await answerSeries({ ...world.ref(0), after, patient: true }, { ...tools(), log });
  expect(said).toMatchObject({ leftOut: 7, answers: 200, more: true });
  expect(said.through).toBe(world.series[0]!.knownAt[HISTORY + 7 + 199]);
  expect(logged).toContainEqual({ symbol: "AAA", leftOut: 7 });
  const next = await answerSeries({ ...world.ref(0), after: said.through, patient: true }, tools());
  expect(next).toMatchObject({ leftOut: 0, answers: 200 });
});

it("begun anew, answers what was missed since the last answer through any version, whatever else was asked since", async () => {
  const world = await liveWorld({ path: at.path, history: HISTORY, rows: HISTORY + 3 });
  const ask = { ...world.job.ask, k: 4 };
  const other = { ...keepJob<LiveJob>(world.memory, { ...world.job, ask }, clock.now), series: 0 };
  await answerSeries({ ...other, after: null, patient: false }, tools());
  const [said] = logged(world, "AAA");
  const folder = openMemoryFolder(world.memory, { mode: "write" });
  folder.atomically(() => {
    const encoder = { ...said!.encoder, version: "sage2_8_9" };
    const question = { ...said!.question, k: world.job.ask.k };
    folder.answers.put({ ...said!, id: "before", encoder, question }, clock.now);
    const anchor = new Date(world.series[0]!.knownAt.at(-1)!).toISOString();
    for (let i = 0; i < 1_000; i++)
      folder.answers.put(
        { ...said!, id: `${i}`, question: { ...question, horizon: "20m", anchor } },
        clock.now,
      );
  });
  folder.close();
  world.append(0, HISTORY, HISTORY + 3);
  await pollSource(world.ref(0), tools());
  await advanceSeries(world.ref(0), tools());
  const done = await answerSeries({ ...world.ref(0), after: null, patient: false }, tools());
  expect(done).toMatchObject({ through: world.series[0]!.knownAt.at(-1)!, answers: 3, leftOut: 0 });
});
