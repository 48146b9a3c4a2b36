import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { keyOf } from "../../src/lib/candles/candle-series.ts";
import { sliceRows } from "../../src/lib/candles/slice.ts";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import {
  clock,
  control,
  inMemory,
  logged,
  nothing,
  rememberFacts,
  steps,
  tools,
} from "../testing/live-steps.ts";
import { liveWorld } from "../testing/live-world.ts";
import { advanceSeries } from "./advance.ts";
import { answerSeries } from "./answer.ts";
import { forgetLive } from "./live-memory.ts";
import { liveFrom, livePlan } from "./plan.ts";
import { forgetFiles, pollSource } from "./poll.ts";

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

describe("what may happen to a series that is followed", () => {
  it("takes a late candle and another price of an old one as facts of the moment they came", async () => {
    const world = await liveWorld({ path: newPlace(), history: HISTORY, rows: HISTORY + 20 });
    const [series] = world.series;
    const corrected = { ...series!, high: series!.high.map((high) => high * 1.01) };
    const rounds: (() => void)[] = [
      () => world.append(0, HISTORY, HISTORY + 5),
      () => world.append(0, HISTORY + 6, HISTORY + 9), // one is missing
      () => world.append(0, HISTORY + 5, HISTORY + 6), // and comes
      () => world.append(0, HISTORY + 9, HISTORY + 12),
      () => world.rewrite(corrected, HISTORY - 3, HISTORY - 2),
      () => world.append(0, HISTORY + 12, HISTORY + 20),
    ];
    const arrivals: number[] = [];
    const followed = control(() => {
      clock.now =
        series!.knownAt[Math.min(HISTORY + 20, HISTORY + [5, 9, 9, 12, 12, 20][arrivals.length]!) - 1]! +
        1_000;
      arrivals.push(clock.now);
      rounds.shift()?.();
      return rounds.length > 0;
    });
    const done = await livePlan(liveFrom(world.ref(0)), steps(world, nothing), followed);
    expect(done).toMatchObject({ kind: "done", result: { candles: 19, late: 2, anchors: 19, answers: 20 } });
    // A memory that remembers everything anew from the facts, each known when it came, holds the same.
    const other = path.join(path.dirname(world.memory), "from-facts");
    await rememberFacts(other, world);
    const parts = [world.memory, other].map((memory) => {
      const { candles, patterns, contexts } = inMemory(memory, (folder) => folder.digest());
      return { candles, patterns, contexts };
    });
    expect(parts[0]).toEqual(parts[1]);
  });

  it("answers only what its companions have come to, and after a while without them", async () => {
    const symbols = ["AAA", "BBB"];
    const world = await liveWorld({
      path: newPlace(),
      symbols,
      history: HISTORY,
      rows: HISTORY + 3,
      patienceMs: 5_000,
    });
    const anchor = world.series[0]!.knownAt[HISTORY]!;
    const before = world.series[0]!.knownAt[HISTORY - 1]!;
    const [own, other] = [world.ref(0), world.ref(1)];
    world.append(0, HISTORY, HISTORY + 1);
    await pollSource(own, tools());
    await advanceSeries(own, tools());
    const waiting = await answerSeries({ ...own, after: before, patient: true }, tools());
    expect(waiting).toMatchObject({ through: before, answers: 0, waitsFor: 1, more: true });
    world.append(1, HISTORY, HISTORY + 1);
    await pollSource(other, tools());
    await advanceSeries(other, tools());
    const ready = await answerSeries({ ...own, after: before, patient: true }, tools());
    expect(ready).toMatchObject({ through: anchor, answers: 1, waitsFor: 0, more: false });
    // The next candle of the other one never comes.
    world.append(0, HISTORY + 1, HISTORY + 2);
    const waits: number[] = [];
    const began = clock.now;
    const followed = control(
      () => false,
      ({ waitsFor }) => waits.push(waitsFor),
    );
    const done = await livePlan(liveFrom(own, anchor), steps(world, nothing), {
      ...followed,
      ending: () => true,
    });
    expect(done).toMatchObject({ kind: "done", result: { answers: 1 } });
    expect([Math.max(...waits), waits.at(-1), clock.now - began]).toEqual([1, 0, 5_000]);
  });

  it("tells of a source that fails, and goes on when it is back", async () => {
    const world = await liveWorld({ path: newPlace(), history: HISTORY, rows: HISTORY + 1 });
    world.append(0, HISTORY, HISTORY + 1);
    let tries = 0;
    const troubles: (string | null)[] = [];
    const followed = control(
      () => tries < 3,
      ({ trouble }) => troubles.push(trouble),
    );
    const failing = steps(world, nothing, {
      pollSource: (ref) =>
        ++tries === 2 ? Promise.reject(new Error("no route to host")) : pollSource(ref, tools()),
    });
    const done = await livePlan(liveFrom(world.ref(0)), failing, followed);
    expect(done).toMatchObject({ kind: "done", result: { candles: 1, answers: 1 } });
    expect(troubles.at(0)).toBeNull();
    expect(troubles).toContain("no route to host");
    expect(troubles.at(-1)).toBeNull();
  });

  it("begun anew without its workflow's past, answers what was missed since the last answer in the log", async () => {
    const world = await liveWorld({ path: newPlace(), history: HISTORY, rows: HISTORY + 5 });
    const plan = (): Promise<unknown> =>
      livePlan(
        liveFrom(world.ref(0)),
        steps(world, nothing),
        control(() => false),
      );
    await plan();
    world.append(0, HISTORY, HISTORY + 5);
    forgetLive();
    expect(await plan()).toMatchObject({ kind: "done", result: { anchors: 5, answers: 5 } });
    expect(await plan()).toMatchObject({ kind: "done", result: { anchors: 0, answers: 0 } });
    const anchors = logged(world, "AAA").map(({ question }) => Date.parse(question.anchor));
    expect(anchors).toEqual([...world.series[0]!.knownAt.subarray(HISTORY - 1)]);
  });

  it("takes no correction back where the file, which does not know of it, is read anew after a restart", async () => {
    const world = await liveWorld({ path: newPlace(), history: HISTORY, rows: HISTORY + 2 });
    const [series] = world.series;
    const row = HISTORY - 50;
    const writeAs = (factor: number): void => {
      const old = sliceRows(series!, row, row + 1);
      const folder = openMemoryFolder(world.memory, { mode: "write" });
      const high = old.high.map((value) => value * 2);
      folder.candles.write({ ...old, high, close: old.close.map((value) => value * factor) }, ++clock.now);
      folder.close();
    };
    const close = (): number =>
      inMemory(world.memory, ({ candles }) => candles.read(keyOf(series!), { asOf: Infinity }).close[row]!);
    await pollSource(world.ref(0), tools());
    writeAs(1.01);
    writeAs(1.02);
    forgetFiles();
    world.append(0, HISTORY, HISTORY + 1); // its bytes are others than those that were stored
    clock.now++;
    expect(await pollSource(world.ref(0), tools())).toEqual({ added: 1, late: 0 });
    expect(close()).toBe(series!.close[row]! * 1.02);
    // What was never said is a correction, also on a first look.
    forgetFiles();
    world.rewrite({ ...series!, high: series!.high.map((high) => high * 3) }, row, row + 1);
    clock.now++;
    expect(await pollSource(world.ref(0), tools())).toEqual({ added: 0, late: 1 });
    expect(close()).toBe(series!.close[row]!);
  });

  it("hands its state to a new run where its history is long", async () => {
    const world = await liveWorld({ path: newPlace(), history: HISTORY, rows: HISTORY + 4 });
    let from = liveFrom(world.ref(0));
    for (let row = HISTORY; row < HISTORY + 4; row++) {
      world.append(0, row, row + 1);
      const ending = await livePlan(from, steps(world, nothing), {
        ...control(() => true),
        full: () => true,
      });
      if (ending.kind !== "continue") throw new Error("it was to go on");
      from = ending.state;
      expect(JSON.stringify(from).length).toBeLessThan(1_000);
    }
    expect(from).toMatchObject({
      answered: world.series[0]!.knownAt.at(-1),
      candles: 4,
      anchors: 4,
      answers: 4,
    });
    expect(logged(world, "AAA")).toHaveLength(4);
  });
});
