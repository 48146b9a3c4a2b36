import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { patternCollection } from "../../weaviate/schema.ts";
import type { AuditReport } from "../../src/lib/adapters/folder/audit/audit-report.ts";
import { openMemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { openWeaviate, type WeaviateServer } from "../../src/lib/adapters/weaviate/open-weaviate.ts";
import { serverSchema, type ServerSchema } from "../../src/lib/adapters/weaviate/server-schema.ts";
import { startWeaviate, type WeaviateServer as Started } from "../../src/cli/services/start-weaviate.ts";
import { syncIndex } from "../../src/lib/memory/sync-index.ts";
import { needs } from "../../src/lib/testing/require.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import { keepJob } from "../job-folder.ts";
import type { AuditJob, ReembedJob } from "../job.ts";
import { auditLocally, reembedLocally } from "../local-jobs.ts";
import { inFolder, NO_ONE, rememberedWorld, type RememberedWorld } from "../testing/remembered-world.ts";
import type { ReembedResult } from "./activities.ts";

const weaviate = needs("weaviate");
const COMMON = { tenant: "default", given: {}, calendars: [] };
const STEPS = [
  ...["openReembed", "beginVersion", "embedVersion", "embedVersion", "recordVersion", "recordVersion"],
  ...["mirrorVersion", "gateVersion", "switchVersion", "leadAlias", "endReembed"],
];

describe.skipIf(weaviate.skip)("jobs beside an index", () => {
  const at = temporaryFolder();
  const memory = join(at.path, "copy");
  let world: RememberedWorld;
  let started: Started;
  let server: WeaviateServer;
  let schema: ServerSchema;

  beforeAll(async () => {
    started = await startWeaviate({ binary: inject("weaviate")!.binary, dataPath: join(at.path, "data") });
    process.env["RHYME_WEAVIATE_KEY"] = started.key;
    server = await openWeaviate(started.address, { key: started.key });
    schema = serverSchema(server.connection.rest);
    world = await rememberedWorld(at.path, { rows: 340 });
    cpSync(world.memory, memory, { recursive: true });
    const folder = openMemoryFolder(memory, { mode: "write" });
    void folder.identity; // an index is of a memory that has a name
    await syncIndex(folder.patternSource("default", world.encoder), indexOf(world.encoder));
    folder.close();
  });
  afterAll(async () => {
    delete process.env["RHYME_WEAVIATE_KEY"];
    await server.close();
    await started.kill();
    at.remove();
  });

  const indexOf = ({ version, dim }: { readonly version: string; readonly dim: number }) =>
    server.tenant("default").patterns({ encoderVersion: version, dim });
  const reembed = (
    of: Partial<ReembedJob> = {},
    signal = NO_ONE,
    onStep: (step: string) => void = () => {},
  ): Promise<ReembedResult> => {
    const ref = keepJob<ReembedJob>(
      memory,
      {
        ...{ ...COMMON, kind: "reembed", goal: "switch", channel: "default", encoder: world.artefact },
        ...{ index: started.address, questions: 20, ...of },
      },
      1,
    );
    return reembedLocally(ref, { signal, threads: 1, window: 1, onStep });
  };
  const audit = async (): Promise<AuditReport> => {
    const wanted = { full: false, answers: 5, questions: 20, seed: 1, index: started.address };
    const ref = keepJob<AuditJob>(memory, { ...COMMON, kind: "audit", ...wanted }, 1);
    const { report } = await auditLocally(ref, { signal: NO_ONE, threads: 1 });
    return JSON.parse(readFileSync(report, "utf8")) as AuditReport;
  };
  const read = (): string | null =>
    inFolder(memory, ({ channels }) => channels.get("default", "default")?.encoder ?? null);

  it("switch to a version that the server holds whole, ended behind every step once; then go back", async () => {
    for (const last of STEPS.keys()) {
      const stop = new AbortController();
      let seen = 0;
      const cut = (): void => {
        if (seen++ === last) stop.abort(new Error("power cut"));
      };
      const ended = reembed({}, stop.signal, cut);
      if (last < STEPS.length - 1) await expect(ended).rejects.toThrow("power cut");
      else expect((await ended).switched).toBe(true);
      const isRead = last >= STEPS.indexOf("switchVersion");
      expect(read()).toBe(last === 0 ? null : isRead ? world.other.version : world.encoder.version);
    }
    expect(await schema.alias()).toBe(patternCollection(world.other.version));
    const count = inFolder(memory, (folder) => folder.patternSource("default", world.other).count());
    expect(await indexOf(world.other).count()).toBe(count);
    const back = await reembed({ goal: "rollback" });
    expect(back).toMatchObject({
      to: world.encoder.version,
      alias: patternCollection(world.encoder.version),
    });
    expect(read()).toBe(world.encoder.version);
  });

  it("find an index whole beside the memory, and say what it lacks", async () => {
    const whole = await audit();
    expect(whole.alarms).toEqual([]);
    expect(whole.index).toMatchObject([{ encoder: world.encoder.version, verified: { problems: [] } }]);
    expect(whole.index).toMatchObject([{ recall: { oneByOne: { recall: 1 } } }]);
    await indexOf(world.encoder).clear();
    const { alarms, sentence } = await audit();
    expect(alarms[0]).toMatchObject({ kind: "index" });
    expect(sentence).toContain(`the index of ${world.encoder.version} has`);
  });
});
