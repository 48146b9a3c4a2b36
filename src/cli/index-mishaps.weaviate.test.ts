import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { openMemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { needs } from "../lib/testing/require.ts";
import { temporaryFolder } from "../lib/testing/temporary-folder.ts";
import { testServer } from "../lib/testing/weaviate-host.ts";
import { rhyme, startRhyme, type Ended } from "./faults/run-rhyme.ts";
import { smallMemory, type SmallMemory } from "./faults/small-memory.ts";
import { field, without } from "./faults/said.ts";

const weaviate = needs("weaviate");
const PATIENT = ["--index-deadline", "60"];

describe.skipIf(weaviate.skip)("a small memory and its index, by the command line", () => {
  const at = temporaryFolder();
  let small: SmallMemory;
  let index = "";
  let rest = 0;
  beforeAll(async () => {
    const { address, key } = inject("weaviate")!;
    index = address;
    rest = Number(new URL(address).port);
    vi.stubEnv("RHYME_WEAVIATE_KEY", key);
    small = await smallMemory(at.path);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    at.remove();
  });

  const remember = (tenant: string, address = index): readonly string[] => [
    ...["remember", small.file, ...small.args, "--memory", join(at.path, tenant), "--tenant", tenant],
    ...["--index", address, "--json"],
  ];
  const ask = (tenant: string): readonly string[] => [
    ...["ask", "--memory", join(at.path, tenant), "--tenant", tenant, "--symbol", "S", "--horizon", "1h"],
    ...["--json", "--quiet"],
  ];
  /** What the index holds of a tenant, compared with its memory both ways. */
  const verified = async (tenant: string): Promise<unknown> => {
    const ended = await rhyme([
      ...["memory", "--memory", join(at.path, tenant), "--index", index, "--verify", "--json"],
    ]);
    return field(ended, "index");
  };
  const IN_STEP = { holdings: [{ state: "in step", verified: { problems: [] } }] };
  async function withKey<T>(user: "read" | "write", work: () => Promise<T>): Promise<T> {
    const { key, keys } = inject("weaviate")!;
    vi.stubEnv("RHYME_WEAVIATE_KEY", keys[user]);
    try {
      return await work();
    } finally {
      vi.stubEnv("RHYME_WEAVIATE_KEY", key);
    }
  }

  describe("stopped by Ctrl-C while patterns are on their way", () => {
    let proxy: Server;
    afterAll(() => {
      proxy.closeAllConnections();
      proxy.close();
    });

    /** Hands all calls on but every portion of patterns after the first, which is never answered. */
    async function stalling(held: () => void): Promise<string> {
      let portions = 0;
      proxy = createServer((asked, answer) => {
        const { method, url, headers } = asked;
        const handOn = (body: Buffer): void => {
          const options = { host: "127.0.0.1", port: rest, method, path: url, headers };
          const behind = request(options, (answered) => {
            answer.writeHead(answered.statusCode!, answered.headers);
            answered.pipe(answer);
          });
          behind.on("error", () => answer.destroy());
          behind.end(body);
        };
        void bodyOf(asked).then((body) => {
          const patterns = url!.startsWith("/v1/batch/objects") && body.includes("TradingPattern_");
          if (patterns && portions++ > 0) held();
          else handOn(body);
        });
      });
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
      return `weaviate://127.0.0.1:${(proxy.address() as AddressInfo).port}?grpc=${rest + 1}`;
    }

    it("has lost nothing, and the same command finishes", async () => {
      const tenant = "cli-stopped";
      let held = (): void => {};
      const onTheWay = new Promise<void>((resolve) => (held = resolve));
      const running = startRhyme(remember(tenant, await stalling(held)));
      await onTheWay;
      process.kill(running.pid, "SIGINT");
      const stopped = await running.ended;
      expect(stopped).toMatchObject({ code: 130, signal: null });
      expect(stopped.stderr).toMatch(/run the same command again to go on/);
      const kept = await rhyme([...ask(tenant), "--index", index, ...PATIENT]);
      expect(field(kept, "searched")).toMatchObject({ fallback: expect.stringMatching(/behind/) as string });
      const again = await rhyme(remember(tenant));
      expect([again.code, again.stderr]).toEqual([0, expect.not.stringMatching(/Error|Attempt/)]);
      expect(field(again, "index")).toMatchObject({ behind: null, removed: 0 });
      expect(await verified(tenant)).toMatchObject(IN_STEP);
    }, 120_000);
  });

  describe("on a server that holds vectors of another length", () => {
    const tenant = "cli-length";
    /** Something else wrote as many patterns there, of five values. */
    async function spoil(mark: "in step" | null): Promise<void> {
      const server = await testServer();
      const folder = openMemoryFolder(join(at.path, tenant), { mode: "write" });
      try {
        const { version, dim } = folder.encoders.list()[0]!;
        const source = folder.patternSource(tenant, { version, dim });
        const vector = Float32Array.of(1, 2, 3, 4, 5);
        const spoilt = server.tenant(tenant).patterns({ encoderVersion: version, dim: 5 });
        await spoilt.clear();
        for (const portion of source.batches(null, 1_000))
          await spoilt.upsert([portion.map((one) => ({ ...one, vector }))]);
        await spoilt.settled();
        if (mark) await spoilt.setMark({ truth: source.truth, ...source.note(), count: source.count() });
      } finally {
        folder.close();
        await server.close();
      }
    }
    beforeAll(async () => {
      await done(remember(tenant));
    }, 60_000);

    it("ask answers by the memory and says why, or fails where that is asked for", async () => {
      await spoil("in step");
      const indexed = [...ask(tenant), "--index", index, ...PATIENT];
      const [mine, told] = [await rhyme(ask(tenant)), await rhyme(indexed)];
      const sizes = expect.stringMatching(/vectors of 8 values.*an index of vectors of 5/) as string;
      expect(field(told, "searched")).toMatchObject({ fallback: sizes });
      expect(without(told, "searched")).toBe(mine.stdout);
      const strict = await rhyme([...indexed, "--on-index-failure", "fail"]);
      expect([strict.code, field(strict, "error")]).toEqual([2, expect.objectContaining({ message: sizes })]);
    }, 120_000);

    it("remember says what mends it, having all in the memory, and that does", async () => {
      await spoil(null);
      const ended = await rhyme(remember(tenant));
      expect(ended.code).toBe(1);
      const said = expect.stringMatching(
        /vectors of 8 values.*an index of vectors of 5.*--rebuild-index/,
      ) as string;
      expect(field(ended, "index")).toMatchObject({ written: 0, behind: said });
      const mended = await rhyme([
        "memory",
        "--memory",
        join(at.path, tenant),
        "--index",
        index,
        "--rebuild-index",
      ]);
      expect(mended.code).toBe(0);
      expect(await verified(tenant)).toMatchObject(IN_STEP);
    }, 120_000);
  });

  describe("with the keys of the roles", () => {
    const tenant = "cli-roles";
    const memory = join(at.path, tenant);
    const refused = (ended: Ended): unknown => ({ code: ended.code, said: field(ended, "error") });
    const NO_KEY = {
      code: 2,
      said: { message: expect.stringMatching(/a key that may .*forbidden/) as string },
    };
    const mayNot = expect.stringMatching(/a key that may .*forbidden/) as string;
    const forget = ["forget", "--memory", memory, "--tenant", tenant, "--yes", "--json", "--index"];

    beforeAll(async () => {
      const apart = remember(tenant).filter((word) => word !== "--index" && word !== index);
      await done(apart);
      await done(["weaviate", "apply", "--memory", memory, "--index", index, "--quiet"]);
    }, 120_000);

    it("the reader's fills nothing; the memory has everything, and it is said", async () => {
      const ended = await withKey("read", () => rhyme(remember(tenant)));
      expect([ended.code, field(ended, "index")]).toEqual([1, expect.objectContaining({ behind: mayNot })]);
      expect((await rhyme(ask(tenant))).code).toBe(0);
    }, 120_000);

    it("the writer's fills what is there already; the reader's asks it, and empties nothing", async () => {
      const ended = await withKey("write", () => rhyme(remember(tenant)));
      expect([ended.code, field(ended, "index")]).toEqual([
        0,
        expect.objectContaining({ written: 576, behind: null }),
      ]);
      const asked = await withKey("read", () => rhyme([...ask(tenant), "--index", index, ...PATIENT]));
      expect(field(asked, "searched")).toMatchObject({ fallback: null });
      expect(refused(await withKey("read", () => rhyme([...forget, index])))).toMatchObject(NO_KEY);
      expect(await verified(tenant)).toMatchObject({ holdings: [{ tenant, ...IN_STEP.holdings[0] }] });
    }, 120_000);

    it("the writer's makes no collection, no horizon's date and drops nothing of the schema", async () => {
      const server = await testServer();
      const before = await server.connection.rest.call("GET", "/schema");
      await withKey("write", async () => {
        const more = remember(tenant).map((word) => (word === "1h" ? "1h,2h" : word));
        const ended = await rhyme(more);
        expect([ended.code, field(ended, "index")]).toEqual([1, expect.objectContaining({ behind: mayNot })]);
        const at = ["--index", index, "--json"];
        expect(refused(await rhyme(["weaviate", "apply", "--encoder", "never1", ...at]))).toMatchObject(
          NO_KEY,
        );
        const encoder = (field(ended, "encoder") as { readonly version: string }).version;
        expect(
          refused(await rhyme(["weaviate", "drop", "--encoder", encoder, "--yes", ...at])),
        ).toMatchObject(NO_KEY);
      });
      const after = await server.connection.rest.call("GET", "/schema");
      await server.close();
      const names = ({ json }: { readonly json: unknown }): readonly string[] =>
        (
          json as { readonly classes: readonly { readonly class: string; readonly properties: object[] }[] }
        ).classes
          .map((one) => `${one.class} ${one.properties.length}`)
          .sort();
      expect(names(after)).toEqual(names(before));
    }, 120_000);
  });
});

async function done(args: readonly string[]): Promise<void> {
  const { code, stderr } = await rhyme(args);
  if (code !== 0) throw new Error(stderr);
}

async function bodyOf(asked: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of asked) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
