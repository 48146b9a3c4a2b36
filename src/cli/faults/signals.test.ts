import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryContent } from "../../lib/testing/memory-content.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { killRemember } from "./kill-remember.ts";
import { rhyme, startRhyme } from "./run-rhyme.ts";
import { rememberSmall, smallMemory, type SmallMemory } from "./small-memory.ts";
import { workloads, type Workload } from "./workloads.ts";

describe("remember, asked to stop", () => {
  const at = temporaryFolder();
  let all: readonly Workload[];
  let small: SmallMemory;
  beforeAll(async () => {
    all = await workloads(at.path);
    small = await smallMemory(at.path);
  });
  afterAll(() => at.remove());

  it.each([
    ["SIGINT", "begin", 4],
    ["SIGTERM", "begin", 3],
    ["SIGINT", "fit", 3],
  ] as const)(
    "by %s (%s) stops cleanly, and the next run finishes with the same bytes",
    async (signal, name, kills) => {
      const workload = all.find((one) => one.name === name)!;
      const stopped = await killRemember(workload, { folder: at.path, kills, seed: 2, lanes: 1, signal });
      expect(stopped).toHaveLength(kills);
      expect(stopped.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
      // Before the command has begun to listen, the signal itself ends it.
      const ends = stopped.map(({ ended }) => ended.code ?? ended.signal);
      expect(new Set([...ends, 130, signal])).toEqual(new Set([130, signal]));
      expect(ends).toContain(130);
      for (const { ended } of stopped)
        if (ended.code === 130) expect(ended.stderr).toMatch(/run the same command again to go on/);
    },
    120_000,
  );

  it("finishes its work when nobody reads what it says any more", async () => {
    const whole = join(at.path, "small-whole");
    await rememberSmall(small, whole);
    const memory = join(at.path, "small");
    for (const deaf of [["stdout"], ["stderr"], ["stdout", "stderr"]] as const) {
      rmSync(memory, { recursive: true, force: true });
      const running = startRhyme(["remember", small.file, ...small.args, "--json", "--memory", memory]);
      for (const name of deaf) running.process[name]!.destroy();
      expect(await running.ended, deaf.join()).toMatchObject({ code: 0, signal: null });
      expect(memoryContent(memory), deaf.join()).toEqual(memoryContent(whole));
    }
    const asked = startRhyme(["ask", "--memory", memory, "--symbol", "S", "--horizon", "1h", "--json"]);
    asked.process.stdout!.destroy();
    expect(await asked.ended).toMatchObject({ code: 0, signal: null });
    expect(await rhyme(["memory", "--memory", memory])).toMatchObject({ code: 0 });
  });
});
