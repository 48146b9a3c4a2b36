import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { freePortBlock, takenPorts } from "./ports.ts";
import { startWeaviate, type WeaviateStart } from "./start-weaviate.ts";

let at: TemporaryFolder;
beforeEach(() => (at = temporaryFolder()));
afterEach(() => at.remove());

/** A program in a server's place: it leaves its pid and its environment, then does what `body` says. */
function stand(body: string): string {
  const path = join(at.path, "server");
  const first = `#!/bin/sh\necho $$ > '${at.path}/pid'\nenv > '${at.path}/env'\n`;
  writeFileSync(path, `${first}${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

const start = (binary: string, more: Partial<WeaviateStart> = {}) =>
  startWeaviate({ binary, dataPath: join(at.path, "data"), ...more });
const pid = (): number => Number(readFileSync(join(at.path, "pid"), "utf8"));
const runs = (): boolean => {
  try {
    return process.kill(pid(), 0);
  } catch {
    return false;
  }
};

describe("a server that does not start", () => {
  it("is reported with its own last error and where its log is", async () => {
    const said = '{"level":"fatal","msg":"data folder is of another node","time":"x"}';
    await expect(start(stand(`echo '${said}'; exit 3`))).rejects.toThrow(
      /exit 3\): data folder is of another node.*data\.log/,
    );
    await expect(start(join(at.path, "none"))).rejects.toThrow(/cannot be started.*ENOENT/);
  });

  it("is ended where it takes longer than its deadline, or is stopped", async () => {
    await expect(start(stand("exec sleep 60"), { deadlineMs: 300 })).rejects.toThrow(/not ready within/);
    expect(runs()).toBe(false);
    const controller = new AbortController();
    const spawned = (): void => controller.abort(new Error("stopped"));
    await expect(start(stand("exec sleep 60"), { signal: controller.signal, spawned })).rejects.toThrow(
      "stopped",
    );
    expect(existsSync(join(at.path, "pid")) && runs()).toBe(false);
  });

  it("is ended where it is of another version", async () => {
    const program =
      'require("http").createServer((q, a) => a.end(q.url.endsWith("meta") ? "{\\"version\\":\\"1.38.2\\"}" : ""))' +
      ".listen(Number(process.argv[4]), process.argv[2])";
    const other = stand(`exec '${process.execPath}' -e '${program}' -- "$@"`);
    await expect(start(other)).rejects.toThrow(/expected weaviate 1\.39\.0, got 1\.38\.2/);
    expect(runs()).toBe(false);
  });

  it("gets none of our own environment but what any program needs, and no key in its arguments", async () => {
    process.env["AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED"] = "true";
    process.env["CLUSTER_JOIN"] = "elsewhere";
    await expect(start(stand("exit 1"), { key: "the key of admin" })).rejects.toThrow(/exit 1/);
    delete process.env["AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED"];
    delete process.env["CLUSTER_JOIN"];
    const env = readFileSync(join(at.path, "env"), "utf8");
    expect(env).toMatch(/^AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED=false$/m);
    expect(env).toMatch(/^AUTHENTICATION_APIKEY_ALLOWED_KEYS=the key of admin,/m);
    expect(env).not.toContain("CLUSTER_JOIN");
  });
});

it("a free block has no port that anybody listens on", async () => {
  const ports = await freePortBlock();
  expect(new Set(Object.values(ports)).size).toBe(8);
  expect(await takenPorts({ ...ports })).toEqual([]);
});
