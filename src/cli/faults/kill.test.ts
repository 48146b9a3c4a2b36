import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { killRemember } from "./kill-remember.ts";
import { workloads, type Workload } from "./workloads.ts";

const KILLS = { begin: 32, fit: 8, fix: 10 } as const; // 50; scripts/kill-remember.ts does any number
const LONG = 600_000;

describe("remember, killed at any moment", () => {
  const at = temporaryFolder();
  let all: readonly Workload[];
  beforeAll(async () => {
    all = await workloads(at.path);
  });
  afterAll(() => at.remove());

  it.each([
    ["that begins a memory of two symbols", "begin"],
    ["that fits an encoder", "fit"],
    ["of corrections that come late", "fix"],
  ] as const)(
    "a run %s is finished by the next one with the same bytes",
    async (_what, name) => {
      const workload = all.find((one) => one.name === name)!;
      const options = { folder: at.path, kills: KILLS[name], seed: 1, lanes: 2 };
      const killed = await killRemember(workload, options);
      expect(killed).toHaveLength(KILLS[name]);
      expect(killed.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
      expect(killed.filter(({ unfinished }) => unfinished).length).toBeGreaterThan(KILLS[name] / 3);
    },
    LONG,
  );
});
