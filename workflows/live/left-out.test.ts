import { afterAll, expect, it } from "vitest";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { tools } from "../testing/live-steps.ts";
import { liveWorld } from "../testing/live-world.ts";
import { advanceSeries } from "./advance.ts";
import { answerSeries } from "./answer.ts";
import { forgetLive } from "./live-memory.ts";
import { forgetFiles, pollSource } from "./poll.ts";

const HISTORY = 600;
const at = temporaryFolder();
afterAll(() => {
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
