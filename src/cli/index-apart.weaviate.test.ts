import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { needs } from "../lib/testing/require.ts";
import { temporaryFolder } from "../lib/testing/temporary-folder.ts";
import { rhyme, type Ended } from "./faults/run-rhyme.ts";
import { field } from "./faults/said.ts";

const weaviate = needs("weaviate");
const data = needs("data");

/** Far beyond what a busy machine takes: that an index is fast enough is measured elsewhere. */
const PATIENT = ["--index-deadline", "60"];
const NOBODY = "weaviate://127.0.0.1:9";
const folder = process.env["RHYME_DATA"] ?? "";

describe.skipIf(weaviate.skip || data.skip)("a memory and its index on a real server", () => {
  const home = temporaryFolder();
  let index = "";
  beforeAll(() => {
    const { address, key } = inject("weaviate")!;
    index = address;
    vi.stubEnv("RHYME_WEAVIATE_KEY", key);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    home.remove();
  });

  describe("a memory that goes on without its index", () => {
    const tenant = "cli-apart";
    const memory = join(home.path, tenant);
    const of = ["--memory", memory, "--tenant", tenant];
    const files: string[] = [];
    const spy = join(folder, "equities/SPY-1d.csv.gz");
    const remember = (...more: readonly string[]): Promise<Ended> =>
      rhyme([
        "remember",
        ...files,
        "--calendar",
        "us-equities",
        ...of,
        "--horizons",
        "21d",
        "--json",
        ...more,
      ]);
    const state = async (): Promise<unknown> => {
      const ended = await rhyme(["memory", "--memory", memory, "--index", index, "--verify", "--json"]);
      const { holdings } = field(ended, "index") as { holdings: readonly Record<string, unknown>[] };
      return holdings.map((held) => [held["patterns"], held["indexed"], held["state"]]);
    };
    const ask = ["ask", ...of, "--horizon", "21d", "--symbol", "SPY", "--json", "--quiet", ...PATIENT];

    it("is complete where the index fails, says that it is behind, and brings it up by the same command", async () => {
      files.push(spy);
      const failed = await remember("--index", NOBODY);
      expect(failed.code).toBe(1);
      expect(field(failed, "index")).toMatchObject({ written: 0, behind: expect.any(String) as string });
      const behind = await rhyme([...ask, "--index", index]);
      expect(field(behind, "searched")).toMatchObject({
        fallback: expect.stringMatching(/behind/) as string,
      });
      const again = await remember("--index", index);
      expect(again.code).toBe(0);
      expect(field(again, "index")).toMatchObject({ behind: null, removed: 0 });
      const [held] = (await state()) as [[number, number, string]];
      expect(held).toEqual([held[0], held[0], "in step"]);
      expect(field(await rhyme([...ask, "--index", index]), "searched")).toMatchObject({ fallback: null });
    }, 600_000);

    it("what was forgotten in it alone is noticed, and removed by the next remember", async () => {
      const encoder = ((await rhyme(["memory", "--memory", memory, "--json"])).stdout.match(
        /"version":"([^"]+)"/,
      ) ?? [])[1]!;
      files.splice(0, 1, join(folder, "equities/IBM-1d.csv.gz"));
      const both = await remember("--encoder", encoder, "--index", index);
      expect(field(both, "index")).toMatchObject({ behind: null });
      const forgot = await rhyme(["forget", ...of, "--symbol", "IBM", "--yes"]);
      expect(forgot.code).toBe(0);
      expect(field(await rhyme([...ask, "--index", index]), "searched")).toMatchObject({
        fallback: expect.stringMatching(/behind/) as string,
      });
      files.splice(0, 1, spy);
      const again = await remember("--encoder", encoder, "--index", index);
      const removed = (field(again, "index") as { removed: number }).removed;
      expect(removed).toBeGreaterThan(1_000);
      expect(await state()).toEqual([[expect.any(Number), expect.any(Number), "in step"]]);
    }, 600_000);

    it("no memory empties a tenant of this name that another one fills", async () => {
      const other = ["--memory", join(home.path, "another"), "--tenant", tenant];
      const one = ["remember", join(folder, "equities/IBM-1d.csv.gz"), "--calendar", "us-equities", ...other];
      expect((await rhyme([...one, "--horizons", "21d"])).code).toBe(0);
      const before = await state();
      const forgot = await rhyme(["forget", ...other, "--yes", "--json", "--index", index]);
      expect([forgot.code, forgot.stderr]).toEqual([
        2,
        expect.stringMatching(/not this memory's[^]*drop --tenant/),
      ]);
      expect(await state()).toEqual(before);
      expect((await rhyme(["ask", ...other, "--horizon", "21d", "--symbol", "IBM", "--json"])).code).toBe(0);
    }, 600_000);

    it("forget --index removes it there, and nothing anywhere while the server is away", async () => {
      const forget = ["forget", ...of, "--yes", "--json"];
      const away = await rhyme([...forget, "--index", NOBODY]);
      expect([away.code, away.stderr]).toEqual([2, expect.stringMatching(/Nothing was forgotten yet/)]);
      expect((await rhyme(ask)).code).toBe(0);
      expect((await rhyme([...forget, "--index", index])).code).toBe(0);
      const ended = await rhyme(["memory", "--memory", memory, "--index", index, "--json"]);
      expect(field(ended, "index")).toMatchObject({ holdings: [] });
    });
  });
});
