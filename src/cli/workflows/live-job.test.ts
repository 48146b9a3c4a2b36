import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readJob } from "../../../workflows/job-folder.ts";
import type { LiveJob } from "../../../workflows/job.ts";
import { followedIn, stopSeries } from "../../../workflows/live/followed.ts";
import { liveWorld, type LiveWorld } from "../../../workflows/testing/live-world.ts";
import { RhymeError } from "../../lib/errors.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { keepLive, type KeptLive, type LiveJobOptions } from "./live-job.ts";

const at = temporaryFolder();
let world: LiveWorld;
beforeAll(async () => {
  world = await liveWorld({ path: at.path, symbols: ["AAA", "BBB"], history: 600, rows: 601 });
  for (const { ref } of followedIn(world.memory)) stopSeries(ref); // the one of the world
});
afterAll(() => at.remove());

const keep = (how: Partial<LiveJobOptions> = {}, local = false): Promise<KeptLive> => {
  const options = {
    memory: world.memory,
    tenant: "default",
    horizon: "1h",
    k: 5,
    every: 30,
    patience: 20,
    ...how,
  };
  return keepLive(options, { index: null, now: 0, local });
};

async function refused(kept: Promise<unknown>): Promise<string> {
  const error = await kept.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RhymeError);
  return (error as RhymeError).message;
}

describe("a job that follows series", () => {
  it("is gone on with where it is kept already, and refuses what another follows otherwise", async () => {
    const first = await keep();
    expect((await keep()).ref).toEqual(first.ref);
    expect(await refused(keep({ from: path.dirname(world.memory) }))).toMatch(
      new RegExp(`AAA.*already followed by ${first.ref.job}: another source`, "s"),
    );
    expect(await refused(keep({ encoder: world.encoder.version }))).toMatch(/another encoder/);
    expect(await refused(keep({ symbols: ["BBB"], k: 6 }))).toMatch(/another question, another series/);
    expect(await refused(keep({}, true))).toMatch(/another who follows it/);
    for (const { ref } of followedIn(world.memory)) stopSeries(ref);
    const second = await keep({ symbols: ["BBB"], k: 6 });
    expect(followedIn(world.memory).map(({ ref }) => ref.job)).toEqual([second.ref.job]);
    expect(await refused(keep())).toMatch(/BBB.*already followed/s);
    for (const { ref } of followedIn(world.memory)) stopSeries(ref);
  });

  it("goes by what the channel reads, unless an encoder is named; in this process no worker begins it", async () => {
    expect(readJob<LiveJob>((await keep({}, true)).ref, "live")).toMatchObject({
      channel: "default",
      local: true,
    });
    expect(followedIn(world.memory)).toEqual([]);
    const named = await keep({ encoder: world.encoder.version });
    expect(readJob<LiveJob>(named.ref, "live").channel).toBeUndefined();
  });
});
