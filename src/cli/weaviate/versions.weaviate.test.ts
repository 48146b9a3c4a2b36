import { spawn } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { patternCollection } from "../../../weaviate/schema.ts";
import { openWeaviate, type WeaviateServer } from "../../lib/adapters/weaviate/open-weaviate.ts";
import { serverSchema, type ServerSchema } from "../../lib/adapters/weaviate/server-schema.ts";
import { besideWriter } from "../../lib/adapters/sqlite/channels-beside-writer.ts";
import { openMemoryFolder, type MemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { sliceRows } from "../../lib/candles/slice.ts";
import { drawnEncoder, featuresOf } from "../../lib/evaluation/look-ahead/subjects/drawn-encoder.ts";
import type { Encoder } from "../../lib/encoder/encoder.ts";
import { featureSetByName } from "../../lib/features/feature-sets.ts";
import { defaultDesign } from "../../lib/graph/design.ts";
import { syncIndex } from "../../lib/memory/sync-index.ts";
import { verifyIndex } from "../../lib/memory/verify-index.ts";
import type { Answer } from "../../lib/recall/answer.ts";
import { remember } from "../../lib/remember/remember.ts";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { memoryContent } from "../../lib/testing/memory-content.ts";
import { needs } from "../../lib/testing/require.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { askFolder } from "../ask-memory.ts";
import { keepEncoder } from "../../lib/adapters/folder/held-encoders.ts";
import { startWeaviate, type WeaviateServer as Started } from "../services/start-weaviate.ts";
import { reembed, switchVersion } from "../../lib/adapters/folder/versions/switch-version.ts";
import type { VersionTools, VersionWish } from "../../lib/adapters/folder/versions/version-work.ts";

const weaviate = needs("weaviate");
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FLAGS = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning", MAIN];
const CANDLES = ["AAA", "BBB"].map((symbol, i) =>
  syntheticCandles({ seed: 3 + i, rows: 340, timeframe: "1h", symbol, source: "test" }),
);
const FIRST = 300; // rows that are there from the beginning
const KEYS = CANDLES.map(({ source, symbol, timeframe }) => ({ source, symbol, timeframe }));
const HORIZONS = ["4h"];

const encoderOf = (seed: number): Encoder =>
  drawnEncoder({
    ...{ seed, first: 20, design: defaultDesign(["1h"]) },
    features: featuresOf(featureSetByName("close12")),
  });
const [OLD, NEW] = [encoderOf(1), encoderOf(2)];
const STEPS = [
  ...["begin", "embed AAA", "embed BBB", "record AAA", "record BBB", "mirror", "drain", "gate"],
  ...["catch up", "switch", "alias", "end"],
];

describe.skipIf(weaviate.skip)("versions", () => {
  const at = temporaryFolder();
  const base = join(at.path, "base");
  let started: Started;
  let server: WeaviateServer;
  let schema: ServerSchema;
  let memory = "";
  let made = 0;

  beforeAll(async () => {
    started = await startWeaviate({ binary: inject("weaviate")!.binary, dataPath: join(at.path, "data") });
    server = await openWeaviate(started.address, { key: started.key });
    schema = serverSchema(server.connection.rest);
    await withFolder(base, "write", async (folder) => {
      for (const series of CANDLES) folder.candles.write(sliceRows(series, 0, FIRST), 0);
      keepEncoder(folder, OLD);
      for (const tenant of ["default", "other"]) await rememberAll(folder, tenant, OLD);
    });
  });
  afterAll(async () => {
    await server.close();
    await started.kill();
    at.remove();
  });

  /** Another copy of the memory, mirrored; what earlier ones left on the server is gone. */
  beforeEach(async () => {
    for (const { version } of [OLD, NEW]) await schema.drop(patternCollection(version));
    memory = join(at.path, `memory-${made++}`);
    cpSync(base, memory, { recursive: true });
    await withFolder(memory, "write", async (folder) => {
      for (const tenant of ["default", "other"]) await syncIndex(...indexOf(folder, tenant, OLD));
    });
  });

  const wish = (more: Partial<VersionWish> = {}): VersionWish => ({
    ...{ memory, tenant: "default", channel: "default", encoder: artefact(), ...more },
  });
  /** The new encoder comes as an artefact on disk. */
  const artefact = (): string => {
    const folder = join(at.path, "artefact");
    mkdirSync(folder, { recursive: true });
    const keeper = openMemoryFolder(join(folder, "m"), { mode: "write" });
    keepEncoder(keeper, NEW);
    keeper.close();
    return join(folder, "m", "encoders", NEW.version);
  };
  const tools = (onStep?: (step: string) => void): VersionTools => ({
    ...{ signal: new AbortController().signal, index: { server, schema }, questions: 20 },
    ...{ now: () => Date.now(), ...(onStep ? { onStep } : {}) },
  });
  const indexOf = (folder: MemoryFolder, tenant: string, { version, dim }: Encoder) =>
    [
      folder.patternSource(tenant, { version, dim }),
      server.tenant(tenant).patterns({ encoderVersion: version, dim }),
    ] as const;
  /** What a question is answered with now, and by which version. */
  const answered = (tenant = "default") =>
    withFolder(memory, "read", async (folder) => {
      const { answer } = await askFolder(folder, {
        memory,
        tenant,
        symbol: "AAA",
        horizon: "4h",
        k: 5,
        among: "all",
      });
      return answer.encoder.version;
    });
  /** What is read must be whole: the row's version, in the memory and in the index. */
  const assertWhole = (tenant: string): Promise<string> =>
    withFolder(memory, "read", async (folder) => {
      const version = folder.channels.get(tenant, "default")?.encoder ?? OLD.version;
      const encoder = version === NEW.version ? NEW : OLD;
      expect(folder.verify().problems).toEqual([]);
      expect((await verifyIndex(...indexOf(folder, tenant, encoder))).problems).toEqual([]);
      return version;
    });

  it("are read one after the other: embedded, mirrored, judged, switched, and the alias follows", async () => {
    const steps: string[] = [];
    const { gate, switched, alias } = await reembed(
      wish(),
      tools((step) => steps.push(step)),
    );
    expect(gate.filter(({ passed }) => !passed)).toEqual([]);
    expect({ switched, alias }).toEqual({ switched: true, alias: patternCollection(NEW.version) });
    expect(steps).toEqual(STEPS);
    expect(await assertWhole("default")).toBe(NEW.version);
    expect([await answered(), await answered("other")]).toEqual([NEW.version, OLD.version]);
    expect(await schema.alias()).toBe(patternCollection(NEW.version));
    expect(await schema.get(patternCollection(OLD.version))).not.toBeNull();
  });

  it("are planned without a trace by --dry-run", async () => {
    const tables = (): object =>
      Object.fromEntries(Object.entries(memoryContent(memory)).filter(([name]) => !/-(shm|wal)$/.test(name)));
    const before = tables();
    const ran = await rhyme("reembed", "--encoder", artefact(), "--dry-run", "--json");
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ...{ schema: "rhyme.weaviate.reembed/1", dryRun: true, indexed: 0, from: OLD.version, to: NEW.version },
      series: KEYS.map((key) => ({ ...key, embedded: 0 })),
    });
    expect(tables()).toEqual(before);
    expect(await schema.get(patternCollection(NEW.version))).toBeNull();
  });

  it.each(STEPS)("are finished by a repeat after an end before: %s", async (last) => {
    const stop = (step: string): void => {
      if (step === last) throw new Error("power cut");
    };
    await expect(reembed(wish(), tools(stop))).rejects.toThrow("power cut");
    const read = await assertWhole("default");
    expect(read).toBe(STEPS.indexOf(last) > STEPS.indexOf("switch") ? NEW.version : OLD.version);
    expect(await answered()).toBe(read);
    expect((await reembed(wish(), tools())).switched).toBe(true);
    expect(await assertWhole("default")).toBe(NEW.version);
    expect(await schema.alias()).toBe(patternCollection(NEW.version));
  });

  it("are gone back to after an end at any step, by rollback or by nothing at all", async () => {
    for (const last of ["gate", "alias"]) {
      const stop = (step: string): void => {
        if (step === last) throw new Error("power cut");
      };
      await expect(reembed(wish(), tools(stop))).rejects.toThrow("power cut");
    }
    const ran = await rhyme("rollback", "--json");
    expect(JSON.parse(ran.stdout)).toMatchObject({ encoder: OLD.version, previous: NEW.version });
    expect(await assertWhole("default")).toBe(OLD.version);
    expect(await answered()).toBe(OLD.version);
    expect(await schema.alias()).toBe(patternCollection(OLD.version));
  });

  it.each(["embed BBB", "mirror", "switch", "alias"])(
    "are finished by a repeat after SIGKILL at: %s",
    async (step) => {
      const args = ["--encoder", artefact(), "--questions", "20"];
      await rhymeKilledAt(step, "reembed", ...args);
      expect([OLD.version, NEW.version]).toContain(await assertWhole("default"));
      const ran = await rhyme("reembed", ...args, "--json");
      expect(JSON.parse(ran.stdout)).toMatchObject({ switched: true, to: NEW.version });
      expect(await assertWhole("default")).toBe(NEW.version);
      expect(await schema.alias()).toBe(patternCollection(NEW.version));
    },
  );

  it("go back without a server, and forward again; the alias follows where one is named", async () => {
    await reembed(wish(), tools());
    const nowhere = ["--index", "weaviate://127.0.0.1:1", "--json"];
    const back = await withFolder(memory, "write", () => rhyme("rollback", ...nowhere)); // also beside a writer
    expect(JSON.parse(back.stdout)).toMatchObject({ encoder: OLD.version, alias: null });
    expect(await answered()).toBe(OLD.version);
    expect(JSON.parse((await rhyme("rollback", "--json")).stdout)).toMatchObject({
      ...{ encoder: NEW.version, alias: patternCollection(NEW.version) },
    });
    expect(await answered()).toBe(NEW.version);
  });

  it("are read by a canary tenant, or through a canary channel, while all others stay", async () => {
    const { alias } = await reembed(wish({ tenant: "other" }), tools());
    expect([await answered(), await answered("other")]).toEqual([OLD.version, NEW.version]);
    expect(alias).toBeNull(); // no channel of tenant default says anything yet, and the others' is a canary's
    await reembed(wish({ channel: "canary" }), tools());
    expect(await answered()).toBe(OLD.version);
    await withFolder(memory, "read", async (folder) => {
      expect(folder.channels.list().map((row) => [row.tenant, row.channel, row.encoder])).toEqual([
        ["default", "canary", NEW.version],
        ["default", "default", OLD.version],
        ["other", "default", NEW.version],
      ]);
      const asked = { memory, tenant: "default", symbol: "AAA", horizon: "4h", k: 5, among: "all" } as const;
      const { answer } = await askFolder(folder, { ...asked, channel: "canary" });
      expect(answer.encoder.version).toBe(NEW.version);
    });
    expect(await schema.alias()).toBe(patternCollection(OLD.version));
    const { switched } = await switchVersion(wish({ encoder: NEW.version }), tools(), false);
    expect(switched).toBe(true);
    expect(await schema.alias()).toBe(patternCollection(NEW.version));
  });

  it("are whole before they are judged, where the memory held a part of them", async () => {
    const part = join(at.path, `part-${made++}`);
    await withFolder(part, "write", async (folder) => {
      for (const series of CANDLES) folder.candles.write(sliceRows(series, 0, 150), 0);
      keepEncoder(folder, NEW);
      await rememberAll(folder, "default", NEW);
      for (const series of CANDLES) folder.candles.write(sliceRows(series, 0, FIRST), 0);
      keepEncoder(folder, OLD);
      await rememberAll(folder, "default", OLD);
      folder.channels.switch("default", "default", OLD.version, 0);
    });
    const held = await withFolder(part, "read", async (folder) => folder.holdings("default"));
    const old = held.filter(({ encoder }) => encoder === OLD.version);
    const { gate, switched } = await switchVersion(
      wish({ memory: part, encoder: NEW.version }),
      tools(),
      false,
    );
    for (const { symbol, patterns, contexts } of old) {
      const told = (name: string) => gate.find((check) => check.name === name)?.told;
      expect(told(`moments of ${symbol}`)).toBe(`${patterns}, ${patterns} wanted`);
      expect(told(`contexts of ${symbol} for 4h`)).toBe(`${contexts["4h"]}, ${contexts["4h"]} wanted`);
    }
    expect(switched).toBe(true);
  });

  it("do not switch where the index lost a moment before the gate, unless they are forced to", async () => {
    const lose = async (): Promise<void> => {
      await withFolder(memory, "read", async (folder) => {
        const [source, index] = indexOf(folder, "default", NEW);
        await index.remove({ ids: [[...source.ids()][0]!] });
      });
    };
    let losing: Promise<void> | null = null;
    const steps = tools((step) => void (step === "gate" && (losing = lose())));
    const late = { ...steps, server: { ...server, tenant: (name: string) => slowed(name) } } as VersionTools;
    /** The gate asks the index only after it has lost what it shall lose. */
    const slowed = (name: string) => {
      const handle = server.tenant(name);
      const patterns: typeof handle.patterns = (of) => {
        const index = handle.patterns(of);
        return { ...index, count: async () => (await losing, index.count()) };
      };
      return Object.assign(Object.create(handle) as typeof handle, { patterns });
    };
    const { switched, gate } = await reembed(wish(), late);
    expect(switched).toBe(false);
    expect(gate.filter(({ passed }) => !passed).map(({ name }) => name)).toContain("moments in the index");
    expect(await answered()).toBe(OLD.version);
    expect(await schema.alias()).not.toBe(patternCollection(NEW.version));
    expect((await switchVersion(wish({ encoder: NEW.version }), tools(), true)).switched).toBe(true);
    expect(await assertWhole("default")).toBe(NEW.version); // what was lost is mirrored again
  });

  it("are mirrored while nobody else writes: what was read a moment ago must not go over what came since", async () => {
    const said: string[] = [];
    const handleOf = (name: string) => {
      const handle = server.tenant(name);
      const patterns: typeof handle.patterns = (of) => {
        const index = handle.patterns(of);
        const upsert: typeof index.upsert = (...args) => {
          try {
            openMemoryFolder(memory, { mode: "write", deadlineMs: 0 }).close();
            said.push("it could be written");
          } catch (error) {
            said.push((error as Error).message);
          }
          return index.upsert(...args);
        };
        return { ...index, upsert };
      };
      return Object.assign(Object.create(handle) as typeof handle, { patterns });
    };
    const own = tools();
    const seen: VersionTools = { ...own, index: { ...own.index!, server: { ...server, tenant: handleOf } } };
    expect((await reembed(wish(), seen)).switched).toBe(true);
    expect(said.length).toBeGreaterThan(0);
    for (const one of said) expect(one).toContain(`process ${process.pid}`);
  });

  it("hold everything that came in while the new one was made", async () => {
    let came = false;
    const more = tools((step) => {
      if (step !== "drain" || came) return;
      came = true;
      const folder = openMemoryFolder(memory, { mode: "write" });
      for (const series of CANDLES) folder.candles.write(series, Date.now());
      folder.close();
    });
    await reembed(wish(), more);
    expect(await assertWhole("default")).toBe(NEW.version);
    await withFolder(memory, "write", (folder) => rememberAll(folder, "default", OLD));
    await withFolder(memory, "read", async (folder) => {
      for (const key of KEYS) {
        const [before, after] = await Promise.all(
          [OLD, NEW].map((encoder) => folder.memory("default", encoder).anchors(key)),
        );
        expect(after).toEqual(before);
        expect(after!.length).toBeGreaterThan(FIRST);
      }
    });
  });

  it("are seen one at a time by questions that are asked while they are switched to and fro", async () => {
    await reembed(wish(), tools());
    const index = {
      address: started.address,
      key: started.key,
      deadlineMs: 60_000,
      onFailure: "fail",
    } as const;
    const asked = {
      memory,
      tenant: "default",
      symbol: "AAA",
      horizon: "4h",
      k: 5,
      among: "all",
      index,
    } as const;
    /** As `./rhyme ask` does: a folder of its own, the channel's version unless one is named, and its index. */
    const askNow = (encoder?: string) =>
      withFolder(memory, "read", async (folder) => (await askFolder(folder, { ...asked, encoder })).answer);
    const expected = new Map<string, Answer>();
    for (const { version } of [OLD, NEW]) expected.set(version, await askNow(version));
    const neighbours = [OLD, NEW].map(({ version }) => expected.get(version)!.neighbours);
    expect(neighbours[0]).not.toEqual(neighbours[1]);
    const seen = new Map<string, number>();
    const over = new AbortController();
    const asking = Array.from({ length: 4 }, async () => {
      while (!over.signal.aborted) {
        const answer = await askNow();
        const { version } = answer.encoder;
        expect(answer).toEqual(expected.get(version));
        seen.set(version, (seen.get(version) ?? 0) + 1);
      }
    });
    for (let times = 0; times < 20 || seen.size < 2; times++) {
      besideWriter(memory, (channels) => channels.rollback("default", "default", Date.now()));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    over.abort();
    await Promise.all(asking);
    expect([...seen.keys()].sort()).toEqual([OLD.version, NEW.version].sort());
  });

  it("leave the old collection until it is dropped on request; the memory keeps everything", async () => {
    await reembed(wish(), tools());
    expect((await rhyme("drop", "--encoder", OLD.version)).code).toBe(2); // nobody can be asked
    expect(await schema.get(patternCollection(OLD.version))).not.toBeNull();
    expect((await rhyme("drop", "--encoder", OLD.version, "--yes", "--json")).code).toBe(0);
    expect(await schema.get(patternCollection(OLD.version))).toBeNull();
    expect(await answered("other")).toBe(OLD.version); // from the memory
    await withFolder(memory, "write", async (folder) => {
      const [source, index] = indexOf(folder, "other", OLD);
      expect(await index.mark()).toBeNull();
      expect((await syncIndex(source, index)).written).toBe(source.count());
    });
  });

  async function withFolder<T>(
    path: string,
    mode: "read" | "write",
    work: (folder: MemoryFolder) => Promise<T>,
  ): Promise<T> {
    const folder = openMemoryFolder(path, { mode });
    try {
      return await work(folder);
    } finally {
      folder.close();
    }
  }

  async function rememberAll(folder: MemoryFolder, tenant: string, encoder: Encoder): Promise<void> {
    for (const key of KEYS)
      await remember(folder.candles, folder.memory(tenant, encoder), encoder, key, { horizons: HORIZONS });
  }

  /** Runs `./rhyme weaviate …` on this memory and server. */
  async function rhyme(name: string, ...args: readonly string[]): Promise<{ code: number; stdout: string }> {
    const child = spawnRhyme(name, args);
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += String(chunk)));
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
    if (code !== 0 && code !== 2) throw new Error(stderr);
    return { code, stdout };
  }

  /** The same, killed when it says that a step begins. */
  async function rhymeKilledAt(step: string, name: string, ...args: readonly string[]): Promise<void> {
    const child = spawnRhyme(name, args);
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += String(chunk);
      if (said.includes(`step: ${step}\n`)) child.kill("SIGKILL");
    });
    await new Promise((resolve) => child.on("close", resolve));
    expect(said).toContain(`step: ${step}`);
    expect(child.signalCode).toBe("SIGKILL");
  }

  function spawnRhyme(name: string, args: readonly string[]) {
    const index = args.includes("--index") ? [] : ["--index", started.address];
    const env = { ...process.env, NO_COLOR: "1", RHYME_WEAVIATE_KEY: started.key };
    const folder = name === "drop" ? [] : ["--memory", memory];
    return spawn(process.execPath, [...FLAGS, "weaviate", name, ...folder, ...index, ...args], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
});
