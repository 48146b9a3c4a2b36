import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { needs } from "../lib/testing/require.ts";
import { temporaryFolder } from "../lib/testing/temporary-folder.ts";
import { rhyme } from "./faults/run-rhyme.ts";
import { field, without } from "./faults/said.ts";

const weaviate = needs("weaviate");
const data = needs("data");

/** Far beyond what a busy machine takes: that an index is fast enough is measured elsewhere. */
const PATIENT = ["--index-deadline", "60"];
const NOBODY = "weaviate://127.0.0.1:9";

interface Case {
  readonly name: string;
  readonly remember: readonly string[];
  readonly horizon: string;
  readonly at: string;
}

const folder = process.env["RHYME_DATA"] ?? "";
/** Fewer moments than the server's `flatSearchCutoff`: it searches them one by one, so what it finds is exact. */
const ROWS = 40_000;
const slices = temporaryFolder();
const BTCUSDT = join(slices.path, "BTCUSDT-5m.csv");

function sliceFile(): void {
  const text = gunzipSync(readFileSync(join(folder, "crypto/BTCUSDT-5m.csv.gz"))).toString();
  writeFileSync(BTCUSDT, text.split("\n").slice(0, ROWS).join("\n"));
}

const CASES: readonly Case[] = [
  {
    name: "SPY 1d",
    remember: [
      ...[join(folder, "equities/SPY-1d.csv.gz"), "--symbol", "SPY", "--calendar", "us-equities"],
      ...["--timeframes", "1d,1w,1mo", "--horizons", "21d"],
    ],
    ...{ horizon: "21d", at: "2020-03-16" },
  },
  {
    name: "BTCUSDT 5m",
    remember: [...[BTCUSDT, "--symbol", "BTCUSDT"], ...["--timeframes", "5m,30m,1h,4h", "--horizons", "4h"]],
    ...{ horizon: "4h", at: "2023-05-10T14:00Z" },
  },
];

describe.skipIf(weaviate.skip || data.skip)("commands with an index on a real server", () => {
  const home = temporaryFolder();
  let index = "";
  beforeAll(() => {
    const { address, key } = inject("weaviate")!;
    index = address;
    vi.stubEnv("RHYME_WEAVIATE_KEY", key);
    sliceFile();
  });
  afterAll(() => {
    slices.remove();
    vi.unstubAllEnvs();
    home.remove();
  });

  describe.each(CASES)("$name", ({ name, remember, horizon, at }) => {
    const tenant = `cli-${name.replace(" ", "-")}`;
    const memory = join(home.path, tenant);
    const of = ["--memory", memory, "--tenant", tenant];
    const question = [...of, "--horizon", horizon, "--quiet"];

    beforeAll(async () => {
      const ended = await rhyme(["remember", ...remember, ...of, "--index", index, "--json"]);
      if (ended.code !== 0) throw new Error(ended.stderr);
    }, 900_000);

    it.each([
      ["the newest moment", []],
      ["an earlier one", ["--at", at]],
      ["with what is known now", ["--at", at, "--known-at", "2025-12-31T00:00Z"]],
    ])("ask says of %s what it says without index, to the byte", async (_what, more) => {
      const ask = ["ask", ...question, ...more, "--json"];
      const [mine, indexed] = [await rhyme(ask), await rhyme([...ask, "--index", index, ...PATIENT])];
      expect(indexed.stderr).toBe("");
      expect(without(indexed, "searched")).toBe(mine.stdout);
      expect(field(indexed, "searched")).toEqual({ index, fallback: null, exact: true });
    });

    it("trust says what it says without index, to the byte", async () => {
      const trust = ["trust", ...question, "--json", "--resamples", "100"];
      const [mine, indexed] = [await rhyme(trust), await rhyme([...trust, "--index", index, ...PATIENT])];
      expect(without(indexed, "searched")).toBe(mine.stdout);
      expect(field(indexed, "searched")).toEqual({ index, fallback: null, exact: true });
    }, 900_000);

    it("memory --verify finds index and memory equal", async () => {
      const ended = await rhyme(["memory", "--memory", memory, "--index", index, "--verify", "--json"]);
      expect(field(ended, "index")).toMatchObject({
        holdings: [{ state: "in step", verified: { problems: [] } }],
      });
      expect(ended.code).toBe(0);
    });
  });

  describe("an index that cannot be used", () => {
    const memory = join(home.path, "cli-SPY-1d");
    const ask = [
      "ask",
      "--memory",
      memory,
      "--tenant",
      "cli-SPY-1d",
      "--horizon",
      "21d",
      "--json",
      "--quiet",
    ];
    let servers: Server[] = [];
    afterEach(() => {
      for (const server of servers) server.close();
      servers = [];
    });

    /** A server that answers every request with the same, or (null) not at all. */
    async function fake(body: string | null): Promise<string> {
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        if (body === null) return;
        socket.on("data", () =>
          socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`),
        );
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { readonly port: number };
      return `weaviate://127.0.0.1:${port}`;
    }

    /** Why it fell back: asked with this index it answers as without, or fails where that is asked for. */
    async function fallback(address: string, more: readonly string[] = PATIENT): Promise<string> {
      const [mine, indexed] = [await rhyme(ask), await rhyme([...ask, "--index", address, ...more])];
      expect(without(indexed, "searched")).toBe(mine.stdout);
      const strict = await rhyme([...ask, "--index", address, ...more, "--on-index-failure", "fail"]);
      expect([strict.code, field(strict, "schema")]).toEqual([2, "rhyme.error/1"]);
      const said = field(indexed, "searched") as { readonly index: string; readonly fallback: string };
      expect(said.index).toBe(address);
      return said.fallback;
    }

    it("is told where nobody listens", async () => {
      expect(await fallback(NOBODY)).toMatch(/a Weaviate that answers/);
    });

    it("is told where it does not answer in time", async () => {
      expect(await fallback(await fake(null), ["--index-deadline", "0.5"])).toMatch(
        /an answer, got none within 0\.5 s/,
      );
    });

    it("is told where it is of another version", async () => {
      expect(await fallback(await fake('{"version":"1.20.0"}'))).toMatch(/version 1\.36/);
    });

    it("is told where it is no Weaviate", async () => {
      expect(await fallback(await fake("<html>"))).toMatch(/something else that answers there|version 1\.36/);
    });

    it("is told where it does not know the key", async () => {
      const key = process.env["RHYME_WEAVIATE_KEY"]!;
      vi.stubEnv("RHYME_WEAVIATE_KEY", "wrong");
      try {
        expect(await fallback(index)).toMatch(/a key that may/);
      } finally {
        vi.stubEnv("RHYME_WEAVIATE_KEY", key);
      }
    });

    it("is told in text and on the page", async () => {
      const page = join(home.path, "answer.html");
      const text = await rhyme([
        ...ask.filter((word) => word !== "--json"),
        "--index",
        NOBODY,
        "--html",
        page,
      ]);
      const said = /Searched in the memory itself: weaviate:\/\/127\.0\.0\.1:9 could not be used/;
      expect(text.stdout).toMatch(said);
      expect(readFileSync(page, "utf8")).toMatch(said);
    });

    it("is refused at once where its address is none", async () => {
      const ended = await rhyme([...ask, "--index", "http://127.0.0.1:1"]);
      expect([ended.code, field(ended, "error")]).toEqual([2, expect.objectContaining({ kind: "usage" })]);
    });
  });
});
