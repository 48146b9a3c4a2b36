import { afterEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import {
  askedAgain,
  control,
  expectAsAtOnce,
  logged,
  nothing,
  steps,
  unknownYet,
} from "../testing/live-steps.ts";
import { liveWorld } from "../testing/live-world.ts";
import { forgetLive } from "./live-memory.ts";
import { liveFrom, livePlan } from "./plan.ts";
import { forgetFiles } from "./poll.ts";

const HISTORY = 900;

let at: TemporaryFolder | null = null;
afterEach(() => {
  forgetLive();
  forgetFiles();
  at?.remove();
});

function newPlace(): string {
  at = temporaryFolder();
  return at.path;
}

describe("a series that is followed", () => {
  it("holds in the end what remembering all its files at once holds, and has answered every moment", async () => {
    const world = await liveWorld({ path: newPlace(), history: HISTORY, rows: HISTORY + 40 });
    let next = HISTORY;
    const followed = control(() => {
      if (next === HISTORY + 40) return false;
      world.append(0, next, ++next);
      return true;
    });
    const done = await livePlan(liveFrom(world.ref(0)), steps(world, nothing), followed);
    expect(done).toMatchObject({ kind: "done", result: { candles: 40, anchors: 40, answers: 41, late: 0 } });
    await expectAsAtOnce(world, next);
    const answers = logged(world, "AAA");
    const anchors = [...world.series[0]!.knownAt.subarray(HISTORY - 1, next)];
    expect(answers.map(({ question }) => Date.parse(question.anchor))).toEqual(anchors);
    expect(answers.some(({ abstained }) => !abstained)).toBe(true);
    const again = await askedAgain(world, world.series[0]!, anchors);
    expect(answers.map(unknownYet)).toEqual(again.map(unknownYet));
    expect(answers.filter(({ trust }) => trust !== null).length).toBe(answers.length);
  });

  it("ends in the same bytes when its thread is lost before any step, and each step is done twice", async () => {
    const world = await liveWorld({ path: newPlace(), history: HISTORY, rows: HISTORY + 12 });
    let [next, done] = [HISTORY, 0];
    const lost = async (_name: string, again: () => Promise<unknown>): Promise<void> => {
      if (done++ % 2 === 0) await again();
      forgetLive();
      forgetFiles();
    };
    const followed = control(() => {
      if (next === HISTORY + 12) return false;
      world.append(0, next, (next += 3)); // three candles at once: gone through in order
      return true;
    });
    await livePlan(liveFrom(world.ref(0)), steps(world, lost), followed);
    await expectAsAtOnce(world, next);
    const anchors = [...world.series[0]!.knownAt.subarray(HISTORY - 1, next)];
    const answers = logged(world, "AAA");
    expect(answers.map(({ question }) => Date.parse(question.anchor))).toEqual(anchors);
    const again = await askedAgain(world, world.series[0]!, anchors);
    expect(answers.map(unknownYet)).toEqual(again.map(unknownYet));
  });
});
