import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { keepJob, type Wanted } from "../job-folder.ts";
import type { LiveJob } from "../job.ts";
import { followedSeries } from "../schedules/tasks.ts";
import { liveActivities } from "./activities.ts";
import {
  differencesOf,
  followAgain,
  followedIn,
  followsFor,
  isStopped,
  liveMemo,
  stopSeries,
} from "./followed.ts";
import { tellLive } from "./tell-live.ts";

let at: TemporaryFolder;
let memory: string;
beforeEach(() => {
  at = temporaryFolder();
  memory = path.join(at.path, "memory");
});
afterEach(() => at.remove());

const held = (symbol: string): LiveJob["series"][number] => ({
  ...{ source: "file", symbol, timeframe: "5m", origin: { kind: "held", source: "file" } },
});

function job(symbols: readonly string[], how: Partial<LiveJob> = {}): Wanted<LiveJob> {
  return {
    ...{ kind: "live", tenant: "default", encoder: "sage2_8_1", index: null, horizons: ["1h"] },
    ...{ ask: { horizon: "1h", k: 5 }, everyMs: 1_000, patienceMs: 0, given: {}, calendars: [] },
    ...{ series: symbols.map(held), ...how },
  };
}

const due = async (): Promise<readonly string[]> =>
  (await followedSeries({ memory, tenant: "default", skip: 0, limit: 50 })).map(
    ({ id }) => id.split("/")[4]!,
  );

describe("what a schedule begins to follow", () => {
  it("is every series that was not stopped; of a job whose series all were, none", async () => {
    const ref = keepJob<LiveJob>(memory, job(["AAA", "BBB"]), 0);
    expect(await due()).toEqual(["AAA", "BBB"]);
    stopSeries({ ...ref, series: 0 });
    stopSeries({ ...ref, series: 0 });
    expect(await due()).toEqual(["BBB"]);
    stopSeries({ ...ref, series: 1 });
    expect(await due()).toEqual([]);
    expect(isStopped({ ...ref, series: 0 })).toBe(true);
  });

  it("is everything again once the job is kept again", async () => {
    const ref = keepJob<LiveJob>(memory, job(["AAA", "BBB"]), 0);
    stopSeries({ ...ref, series: 0 });
    followAgain(ref);
    expect(await due()).toEqual(["AAA", "BBB"]);
  });

  it("is told from a run that was stopped before the same job was begun again", async () => {
    const wanted = job(["AAA", "BBB"]);
    const ref = keepJob<LiveJob>(memory, wanted, 0);
    const of = (series: number): ReturnType<typeof liveMemo> => liveMemo({ ...ref, series });
    followAgain(ref);
    const [first, other] = [of(0), of(1)];
    followAgain(ref);
    expect(followsFor(of(0), first)).toBe(true); // nobody stopped it: it is joined
    stopSeries({ ...ref, series: 0 });
    followAgain(keepJob<LiveJob>(memory, wanted, 1));
    expect([followsFor(of(0), first), followsFor(of(1), other)]).toEqual([false, true]);
    for (const series of [0, 1]) stopSeries({ ...ref, series });
    followAgain(keepJob<LiveJob>(memory, wanted, 2));
    expect(followsFor(of(1), other)).toBe(false);
    const page = await followedSeries({ memory, tenant: "default", skip: 0, limit: 50 });
    expect(page.map(({ memo }) => memo)).toEqual([of(0), of(1)]);
    expect(followsFor(of(0), { job: ref.job })).toBe(true); // begun before there were such names
  });

  it("is each series once, whichever jobs name it, and none that a process follows by itself", async () => {
    keepJob<LiveJob>(memory, job(["AAA"]), 0);
    keepJob<LiveJob>(memory, job(["AAA", "BBB"]), 0);
    keepJob<LiveJob>(memory, job(["CCC"], { local: true }), 0);
    expect([...(await due())].sort()).toEqual(["AAA", "BBB"]);
    expect(followedIn(memory, "somebody")).toEqual([]);
  });

  it("is told to whoever opens a series that was stopped", async () => {
    const ref = { ...keepJob<LiveJob>(memory, job(["AAA"]), 0), series: 0 };
    const activities = liveActivities({} as unknown as Parameters<typeof liveActivities>[0]);
    expect(await activities.openLive(ref)).toMatchObject({ stopped: false });
    stopSeries(ref);
    expect(await activities.openLive(ref)).toMatchObject({ stopped: true });
  });
});

describe("who is told of candles", () => {
  it("is whoever follows their series, and nobody who was stopped or cannot be told", async () => {
    const ref = keepJob<LiveJob>(memory, job(["AAA", "BBB", "CCC", "DDD"]), 0);
    stopSeries({ ...ref, series: 1 });
    const asked: string[] = [];
    const tell = async (id: string): Promise<void> => {
      asked.push(id.split("/")[4]!);
      if (id.includes("CCC")) throw new Error("it does not run");
    };
    expect(await tellLive(memory, ["AAA", "BBB", "CCC"].map(held), tell)).toBe(1);
    expect(asked).toEqual(["AAA", "CCC"]);
  });
});

describe("in what two live jobs differ", () => {
  const folder = { kind: "folder", folder: "/candles", reading: {} } as const;
  it.each<readonly [string, Partial<LiveJob>, readonly string[]]>([
    ["nothing", {}, []],
    ["the encoder", { encoder: "sage2_8_2" }, ["encoder"]],
    ["the index", { index: "weaviate://127.0.0.1:8585" }, ["index"]],
    ["where candles come from", { series: [{ ...held("AAA"), origin: folder }] }, ["source"]],
    ["the series that answer each other", { series: [held("AAA"), held("BBB")] }, ["series"]],
    ["what is asked", { ask: { horizon: "1h", k: 6 } }, ["question"]],
  ])("%s", (_, how, said) => {
    expect(differencesOf(job(["AAA"], how), job(["AAA"]))).toEqual(said);
  });

  it("is no version, where both go by what a channel reads", () => {
    const [mine, other] = ["sage2_8_1", "sage2_8_2"].map((encoder) =>
      job(["AAA"], { encoder, channel: "default" }),
    );
    expect(differencesOf(mine!, other!)).toEqual([]);
  });
});
