import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import { child } from "../../src/lib/testing/child.ts";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { fileIn, keepJob } from "../job-folder.ts";
import type { ReembedJob } from "../job.ts";
import { reembedLocally } from "../local-jobs.ts";
import { digestOf, inFolder, NO_ONE, rememberAll, rememberedWorld, type RememberedWorld } from "../testing/remembered-world.ts"; // prettier-ignore
import type { ReembedResult } from "./activities.ts";
import { rollbackVersionOf } from "./tasks.ts";

/** In the order of their ends; of two series. */
const STEPS = [
  ...["openReembed", "beginVersion", "embedVersion", "embedVersion", "recordVersion", "recordVersion"],
  ...["gateVersion", "switchVersion", "endReembed"],
];

/** Steps that were through when the process was killed, and how long it went on after them. */
const KILLS = [
  [0, 900],
  [1, 30],
  [2, 20],
  [2, 120],
  [3, 60],
  [5, 10],
] as const;

/** Threads begin anew with every run. */
const LONG_MS = 240_000;

describe("a job that embeds a memory anew, without an index", () => {
  const at = temporaryFolder();
  let world: RememberedWorld;
  let wanted: Omit<ReembedJob, "now">;
  /** The truth as plain remembering with both encoders makes it. */
  let whole: object;
  let made = 0;

  beforeAll(async () => {
    world = await rememberedWorld(at.path, { rows: 340 });
    wanted = {
      ...{ kind: "reembed", tenant: "default", given: {}, calendars: [], goal: "switch" },
      ...{ channel: "default", encoder: world.artefact, index: null, questions: 20 },
    };
    const memory = copy();
    const folder = openMemoryFolder(memory, { mode: "write" });
    keepEncoder(folder, world.other);
    await rememberAll(folder, world.keys, world.other);
    folder.close();
    whole = digestOf(memory);
  });
  afterAll(() => at.remove());

  const copy = (): string => {
    const memory = join(at.path, `memory-${made++}`);
    cpSync(world.memory, memory, { recursive: true });
    return memory;
  };
  const run = (
    memory: string,
    of: Partial<ReembedJob> = {},
    signal = NO_ONE,
    onStep: (activity: string, count: number) => void = () => {},
  ): Promise<ReembedResult> =>
    reembedLocally(keepJob(memory, { ...wanted, ...of }, 1), { signal, threads: 1, window: 1, onStep });
  const read = (memory: string): string | null =>
    inFolder(memory, ({ channels }) => channels.get("default", "default")?.encoder ?? null);

  it("reads the other version in the end, and holds what plain remembering makes", async () => {
    const memory = copy();
    const steps: string[] = [];
    const result = await run(memory, {}, NO_ONE, (step) => steps.push(step));
    expect(steps).toEqual(STEPS);
    expect(result).toMatchObject({
      from: world.encoder.version,
      to: world.other.version,
      switched: true,
      alias: null,
    });
    expect(result.gate).toMatchObject({ passed: true, failed: [] });
    expect(result.gate!.checks).toBeGreaterThan(4);
    expect(read(memory)).toBe(world.other.version);
    expect(digestOf(memory)).toEqual(whole);
    expect(inFolder(memory, (folder) => folder.verify().problems)).toEqual([]);
  });

  it(
    "reads one whole version at any time, and ends with the same bytes, ended behind every step once",
    async () => {
      const memory = copy();
      for (const last of STEPS.keys()) {
        const stop = new AbortController();
        const seen: string[] = [];
        const cut = (step: string): void => {
          seen.push(step);
          if (seen.length === last + 1) stop.abort(new Error("power cut"));
        };
        const ended = run(memory, {}, stop.signal, cut);
        if (last < STEPS.length - 1) await expect(ended).rejects.toThrow("power cut");
        else expect((await ended).switched).toBe(true);
        const expected =
          last === 0 ? null : last >= STEPS.indexOf("switchVersion") ? world.other : world.encoder;
        expect(read(memory)).toBe(expected?.version ?? null);
      }
      expect(digestOf(memory)).toEqual(whole);
    },
    LONG_MS,
  );

  it(
    "reads one whole version at any time, and ends with the same bytes, however often it was killed",
    async () => {
      const memory = copy();
      const { job } = keepJob(memory, wanted, 1);
      for (const [steps, waitMs] of KILLS) {
        const runner = child("../../../workflows/testing/job-runner.ts", memory, job);
        for (let heard = 0; heard < steps; heard++) await runner.heard();
        await setTimeout(waitMs);
        await runner.kill();
        expect([null, world.encoder.version]).toContain(read(memory));
        expect(inFolder(memory, (folder) => folder.verify().problems)).toEqual([]);
      }
      expect((await run(memory)).switched).toBe(true);
      expect(digestOf(memory)).toEqual(whole);
    },
    LONG_MS,
  );

  it("leaves the old version read where the gate does not open, and says why", async () => {
    const memory = copy();
    const lost = async (step: string): Promise<void> => {
      if (step !== "recordVersion") return;
      const folder = openMemoryFolder(memory, { mode: "write" });
      await folder.memory("default", world.other).delete({ series: world.keys[0]! });
      folder.close();
    };
    const ref = keepJob(memory, wanted, 1);
    const result = await reembedLocally(ref, { signal: NO_ONE, threads: 1, window: 1, onStep: lost });
    expect(result).toMatchObject({ switched: false, gate: { passed: false } });
    expect(result.gate!.failed[0]).toMatch(/moments of AAA: 0, \d+ wanted/);
    expect(read(memory)).toBe(world.encoder.version);
    expect(readdirSync(fileIn(ref))).toContain("gate.json");
  });

  it(
    "goes back, once, however often it is asked to",
    async () => {
      const memory = copy();
      await run(memory);
      const ref = keepJob<ReembedJob>(memory, { ...wanted, goal: "rollback" }, 2);
      expect(await rollbackVersionOf(ref)).toBe(world.encoder.version);
      expect(await rollbackVersionOf(ref)).toBe(world.encoder.version);
      const result = await run(memory, { goal: "rollback" });
      expect(result).toMatchObject({ to: world.encoder.version, switched: true, gate: null });
      expect(read(memory)).toBe(world.encoder.version);
      expect((await run(memory, { goal: "rollback" })).to).toBe(world.other.version); // a job of its own
    },
    LONG_MS,
  );
});
