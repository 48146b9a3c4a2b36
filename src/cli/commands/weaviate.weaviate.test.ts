import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { liveMarketState, patternCollection, tradingPattern } from "../../../weaviate/schema.ts";
import { openWeaviate, type WeaviateServer } from "../../lib/adapters/weaviate/open-weaviate.ts";
import { serverSchema, type ServerSchema } from "../../lib/adapters/weaviate/server-schema.ts";
import { furnishMemory } from "../../lib/testing/furnished-memory.ts";
import { needs } from "../../lib/testing/require.ts";
import { runRhyme, type Ran } from "../../lib/testing/run-rhyme.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { startWeaviate, type WeaviateServer as Started } from "../services/start-weaviate.ts";

// ./rhyme weaviate plan, apply, verify and drop as a user types them; the others: weaviate/versions.weaviate.test.ts.

const weaviate = needs("weaviate");
const SECRET = "a-key-that-nobody-may-see";

describe.skipIf(weaviate.skip)("./rhyme weaviate", () => {
  const at = temporaryFolder();
  let started: Started;
  let server: WeaviateServer;
  let schema: ServerSchema;
  const memory = join(at.path, "m");

  beforeAll(async () => {
    const { binary } = inject("weaviate")!;
    started = await startWeaviate({ binary, dataPath: join(at.path, "data"), key: SECRET });
    server = await openWeaviate(started.address, { key: SECRET });
    schema = serverSchema(server.connection.rest);
    (await furnishMemory(memory)).close();
    process.env["RHYME_WEAVIATE_KEY"] = SECRET;
  });
  afterAll(async () => {
    delete process.env["RHYME_WEAVIATE_KEY"];
    await server.close();
    await started.kill();
    at.remove();
  });
  beforeEach(async () => {
    for (const { class: name } of await schema.list()) await schema.drop(name);
  });

  const rhyme = (name: string, ...args: readonly string[]): Ran => {
    const ran = runRhyme(at.path, "weaviate", name, "--index", started.address, ...args);
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(SECRET);
    return ran;
  };
  const post = (body: object) => server.connection.rest.call("POST", "/schema", { body });

  it("plans without changing anything, and says what cannot be taken back", async () => {
    const { code, stdout } = rhyme("plan", "--memory", memory);
    expect(code).toBe(0);
    expect(stdout).toContain("create TradingPattern_v1");
    expect(stdout).toMatch(/irreversible/);
    expect(await schema.list()).toEqual([]);
  });

  it("applies what it planned, and a second time nothing; then the server is verified", async () => {
    expect(rhyme("verify", "--memory", memory)).toMatchObject({ code: 1 });
    expect(rhyme("apply", "--memory", memory)).toMatchObject({ code: 0 });
    const there = await schema.list();
    expect(there.map((one) => one.class).sort()).toEqual(
      ["AnomalyPattern", "LiveMarketState", "RhymeIndexMark", "TradingPattern_v1"].sort(),
    );
    expect(rhyme("apply", "--memory", memory)).toMatchObject({ code: 0, stdout: "nothing to do\n" });
    expect(await schema.list()).toEqual(there);
    expect(rhyme("verify", "--memory", memory)).toMatchObject({ code: 0 });
    const horizons = (await schema.get("TradingPattern_v1"))!.properties!.map(({ name }) => name);
    expect(horizons).toContain("matureAt_4h");
  });

  it("verifies: a foreign, an older, a newer and a changed collection are named, each as what it is", async () => {
    const made = async (body: object): Promise<string> => {
      for (const { class: name } of await schema.list()) await schema.drop(name);
      rhyme("apply");
      await schema.drop((body as { class: string }).class);
      await post(body);
      const { code, stdout } = rhyme("verify", "--json");
      expect(code).toBe(1);
      const { problems } = JSON.parse(stdout) as { problems: readonly string[] };
      expect(problems).toHaveLength(1);
      return problems[0]!;
    };
    const live = liveMarketState();
    expect(await made({ class: "LiveMarketState", vectorizer: "none" })).toMatch(/LiveMarketState: foreign/);
    expect(await made({ ...live, description: "Rhyme schema 0: before" })).toMatch(/older version/);
    expect(await made({ ...live, description: "Rhyme schema 9: after" })).toMatch(/newer version/);
    const changed = { ...live, invertedIndexConfig: { ...live.invertedIndexConfig, indexTimestamps: true } };
    expect(await made(changed)).toMatch(/other parameters/);
  });

  it("brings an older collection up to date, and exits 1 with one that must be made anew", async () => {
    rhyme("apply");
    await schema.drop("LiveMarketState");
    await post({ ...liveMarketState(), description: "Rhyme schema 0: before" });
    expect(rhyme("apply").code).toBe(0);
    expect(rhyme("verify").code).toBe(0);
    await post({ ...tradingPattern("v9", []), multiTenancyConfig: { enabled: false } });
    const { code, stdout } = rhyme("apply");
    expect({ code, left: stdout.includes("left alone: TradingPattern_v9") }).toEqual({ code: 1, left: true });
    expect(rhyme("plan").stdout).toMatch(/multiTenancyConfig.enabled is false, the code says true/);
  });

  it("leaves collections of others alone, and drops ours only when it is told to", async () => {
    await post({ class: "Article", vectorizer: "none" });
    rhyme("apply", "--encoder", "v1", "--encoder", "v2");
    expect(JSON.parse(rhyme("verify", "--json").stdout)).toMatchObject({ problems: [], others: ["Article"] });
    const asked = rhyme("drop", "--encoder", "v1");
    expect(asked).toMatchObject({ code: 2, stdout: "" });
    expect(asked.stderr).toMatch(/--yes, since there is nobody to ask/);
    expect(await schema.get(patternCollection("v1"))).not.toBeNull();
    expect(rhyme("drop", "--encoder", "v1", "--yes")).toMatchObject({ code: 0 });
    expect(await schema.get(patternCollection("v1"))).toBeNull();
    expect(await schema.get(patternCollection("v2"))).not.toBeNull();
    expect(rhyme("drop", "--all", "--yes").code).toBe(0);
    expect((await schema.list()).map((one) => one.class)).toEqual(["Article"]);
  });

  it("drops one tenant of a version, and what others have of it stays", async () => {
    rhyme("apply", "--encoder", "v1");
    const path = `/schema/${patternCollection("v1")}/tenants`;
    await server.connection.rest.call("POST", path, { body: [{ name: "a" }, { name: "b" }] });
    expect(rhyme("drop", "--encoder", "v1", "--tenant", "a", "--yes").code).toBe(0);
    const { json } = await server.connection.rest.call("GET", path);
    expect(json).toMatchObject([{ name: "b" }]);
  });

  it("refuses what makes no sense, before it does anything", () => {
    expect(rhyme("drop", "--yes").code).toBe(2);
    expect(rhyme("drop", "--all", "--encoder", "v1", "--yes").code).toBe(2);
    expect(rhyme("drop", "--encoder", "../x", "--yes").code).toBe(2);
    expect(rhyme("apply", "--encoder", "no-hyphens").code).toBe(2);
    expect(rhyme("plan", "--memory", join(at.path, "nowhere")).code).toBe(2);
  });
});
