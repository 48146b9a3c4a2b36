import { afterEach, describe, expect, it } from "vitest";
import { keepEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { byTimeframe } from "../../src/lib/candles/resample.ts";
import type { Encoder } from "../../src/lib/encoder/encoder.ts";
import { sageFamily } from "../../src/lib/encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../../src/lib/features/feature-sets.ts";
import { remember } from "../../src/lib/remember/remember.ts";
import { featureTables } from "../../src/lib/features/feature-table.ts";
import { syntheticCandles } from "../../src/lib/testing/candles.ts";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import {
  askedAgain,
  clock,
  control,
  expectAsAtOnce,
  inMemory,
  logged,
  nothing,
  steps,
  unknownYet,
} from "../testing/live-steps.ts";
import { keyOf } from "../../src/lib/candles/candle-series.ts";
import { liveWorld, type LiveWorld } from "../testing/live-world.ts";
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

  it("goes over to the version that its channel reads by then, and holds what that would have remembered", async () => {
    const world = await liveWorld({
      path: newPlace(),
      history: HISTORY,
      rows: HISTORY + 6,
      channel: "default",
    });
    const other = otherEncoder(world);
    await embed(world, other);
    let next = HISTORY;
    const followed = control(() => {
      if (next === HISTORY + 6) return false;
      if (next === HISTORY + 3) switchTo(world, other);
      world.append(0, next, ++next);
      return true;
    });
    await livePlan(liveFrom(world.ref(0)), steps(world, nothing), followed);
    const through = logged(world, "AAA").map(({ encoder }) => encoder.version);
    expect(through).toEqual([...Array(4).fill(world.encoder.version), ...Array(3).fill(other.version)]);
    const anchors = inMemory(world.memory, (folder) =>
      folder.memory("default", other).anchors(keyOf(world.series[0]!)),
    );
    expect([...(await anchors)].at(-1)).toBe(world.series[0]!.knownAt[next - 1]);
  });
});

/** The same design with other weights. */
function otherEncoder({ encoder }: LiveWorld): Encoder {
  const known = syntheticCandles({ seed: 98, rows: 3_000, start: Date.UTC(2020, 0, 1) });
  const { timeframes } = encoder.design;
  const featureSet = featureSetByName(encoder.featureSet);
  return sageFamily.untrained([featureTables(featureSet, byTimeframe(known, timeframes))], {
    ...{ design: encoder.design, featureSet, hidden: 8, dim: 8 },
  });
}

/** As reembed leaves it: its moments are held, and nothing reads them yet. */
async function embed({ memory, series, job }: LiveWorld, encoder: Encoder): Promise<void> {
  const folder = openMemoryFolder(memory, { mode: "write" });
  keepEncoder(folder, encoder);
  const { horizons } = job;
  await remember(folder.candles, folder.memory("default", encoder), encoder, keyOf(series[0]!), { horizons });
  folder.close();
}

function switchTo({ memory }: LiveWorld, encoder: Encoder): void {
  const folder = openMemoryFolder(memory, { mode: "write" });
  folder.channels.switch("default", "default", encoder.version, clock.now);
  folder.close();
}
