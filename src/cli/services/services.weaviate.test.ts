import { execFileSync, spawn } from "node:child_process";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROLES } from "../../../weaviate/roles.ts";
import { needs } from "../../lib/testing/require.ts";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { commandLine } from "../faults/run-rhyme.ts";
import { freePortBlock } from "./ports.ts";
import { stillRuns } from "./process-identity.ts";
import { readState, servicePlaces, writeState, type ServiceState } from "./service-state.ts";

const weaviate = needs("weaviate");

let at: TemporaryFolder;
let env: NodeJS.ProcessEnv;
let base: number;
beforeAll(async () => {
  at = temporaryFolder();
  env = { ...process.env, XDG_CACHE_HOME: at.path, NO_COLOR: "1" };
  base = (await freePortBlock()).rest;
});
afterAll(async () => {
  if (!weaviate.skip) await services("wipe", "weaviate", "--yes");
  at.remove();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function started(...args: readonly string[]): { readonly pid: number; readonly ended: Promise<Ended> } {
  const [node, ...words] = commandLine(["services", ...args]);
  const child = spawn(node!, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { pid: child.pid!, ended };
}

const services = (...args: readonly string[]): Promise<Ended> => started(...args).ended;
const state = (): ServiceState => readState("weaviate", env)!;
const condition = async (): Promise<string> =>
  JSON.parse((await services("status", "--json")).stdout).services[0].condition;

describe.skipIf(weaviate.skip)("./rhyme services, on a real Weaviate", () => {
  it("starts it once, also when two start it at once, and says what is open to other machines", async () => {
    expect(await condition()).toBe("none");
    const both = await Promise.all([
      services("up", "weaviate", "--port", String(base), "--json"),
      services("up", "weaviate", "--port", String(base), "--json"),
    ]);
    const told = both.map(({ stdout }) => JSON.parse(stdout));
    expect(told.filter((document) => document.started)).toHaveLength(1);
    expect(told[0].pid).toBe(told[1].pid);
    expect(told[0]).toMatchObject({ condition: "running", address: `weaviate://127.0.0.1:${base}` });
    expect(both[0].stderr).toMatch(/open on all interfaces.*anonymous access is off/);
    const again = await services("up", "weaviate");
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("runs already") });
  });

  it("keeps its keys where only the owner reads them, and shows them nowhere", async () => {
    expect(statSync(servicePlaces("weaviate", env).state).mode & 0o777).toBe(0o600);
    const { secrets, process: server } = state();
    const words = execFileSync("ps", ["-o", "args=", "-p", String(server!.pid)], { encoding: "utf8" });
    expect(words).toContain("--host 127.0.0.1");
    const said = [
      await services("status"),
      await services("up", "weaviate"),
      await services("logs", "weaviate"),
    ];
    for (const key of Object.values(secrets))
      for (const text of [words, ...said.map(({ stdout, stderr }) => stdout + stderr)])
        expect(text).not.toContain(key);
    expect(new Set(Object.values(secrets)).size).toBe(3);
  });

  it("has given its keys their roles: the reader's sees patterns and makes nothing", async () => {
    const { secrets, base: port } = state();
    const call = async (user: string, method: string, path: string, body?: object): Promise<number> => {
      const headers = { authorization: `Bearer ${secrets[user]}`, "content-type": "application/json" };
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      return (await fetch(`http://127.0.0.1:${port}/v1${path}`, init)).status;
    };
    const collection = "/schema/TradingPattern_services";
    const made = { class: "TradingPattern_services" };
    expect(await call("read", "POST", "/schema", made)).toBe(403);
    expect(await call("admin", "POST", "/schema", made)).toBe(200);
    expect([await call("read", "GET", collection), await call("read", "DELETE", collection)]).toEqual([
      200, 403,
    ]);
    expect(await call("admin", "DELETE", collection)).toBe(200);
  });

  it("gives them again where an `up` was killed after the server was ready and before it had", async () => {
    const { secrets, base: port } = state();
    const call = async (user: string, method: string, path: string): Promise<number> => {
      const headers = { authorization: `Bearer ${secrets[user]}` };
      return (await fetch(`http://127.0.0.1:${port}/v1${path}`, { method, headers })).status;
    };
    for (const { name } of ROLES) expect(await call("admin", "DELETE", `/authz/roles/${name}`)).toBe(204);
    const may = async (): Promise<unknown> => [
      await call("read", "GET", "/schema/TradingPattern_services"),
      await call("write", "GET", "/schema/TradingPattern_services"),
    ];
    expect(await may()).toEqual([403, 403]);
    expect(JSON.parse((await services("up", "weaviate", "--json")).stdout)).toMatchObject({ started: false });
    expect(await may()).toEqual([404, 404]);
  });

  it("refuses other ports while it runs, and ports that another program has", async () => {
    const other = await services("up", "weaviate", "--port", String(base + 100));
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("services down weaviate") });
    await services("down", "weaviate");
    const holder: Server = createServer().listen(base + 3, "0.0.0.0");
    await once(holder, "listening");
    const taken = await services("up", "weaviate");
    holder.close();
    expect(taken.code).toBe(2);
    expect(taken.stderr).toMatch(new RegExp(`${base + 3} taken by another program[^]*--port N`));
    expect(state().process).toBeNull();
  });

  it("sees a crash, starts again with the same keys and data, and ends what it started", async () => {
    const { secrets } = state();
    await services("up", "weaviate");
    const first = state().process!;
    process.kill(first.pid, "SIGKILL");
    while (stillRuns(first)) await new Promise((resolve) => setTimeout(resolve, 20));
    const seen = await services("status", "weaviate");
    expect(seen).toMatchObject({ code: 1, stdout: expect.stringContaining("crashed") });
    expect((await services("up", "weaviate")).stderr).toMatch(/ended without being asked/);
    expect(state()).toMatchObject({ secrets, base });
    const second = state().process!;
    expect(second.pid).not.toBe(first.pid);
    expect((await services("down", "weaviate")).stdout).toBe("weaviate has ended\n");
    expect(stillRuns(second)).toBe(false);
    expect(await services("down", "weaviate")).toMatchObject({ code: 0, stdout: "weaviate does not run\n" });
    expect(await condition()).toBe("stopped");
  });

  it("keeps its data when its ports move", async () => {
    await services("up", "weaviate");
    const api = (path: string, body?: object): Promise<Response> =>
      fetch(`http://127.0.0.1:${state().base}/v1${path}`, {
        headers: { authorization: `Bearer ${state().secrets["admin"]}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      });
    const id = "6a2f41a3-c54c-4ce8-92d2-0324e1c32e22";
    expect((await api("/schema", { class: "Kept" })).status).toBe(200);
    expect((await api("/objects", { class: "Kept", id, vector: [1, 0] })).status).toBe(200);
    await services("down", "weaviate");
    const elsewhere = (await freePortBlock()).rest;
    expect((await services("up", "weaviate", "--port", String(elsewhere))).code).toBe(0);
    expect(await (await api(`/objects/Kept/${id}`)).json()).toMatchObject({ id });
    expect((await api("/schema", { class: "Another" })).status).toBe(200);
    await services("down", "weaviate");
  });

  it("never ends a process that only has the number of the one it started", async () => {
    const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
    writeState("weaviate", { ...state(), process: { pid: stranger.pid!, started: "another time" } }, env);
    expect(await condition()).toBe("crashed");
    expect((await services("down", "weaviate")).stdout).toBe("weaviate does not run\n");
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    stranger.kill();
  });

  it("leaves nothing running where the start is interrupted, and takes over where it was killed", async () => {
    const stopped = started("up", "weaviate");
    while (state().process === null) await new Promise((resolve) => setTimeout(resolve, 5));
    const server = state().process!;
    process.kill(stopped.pid, "SIGTERM");
    expect((await stopped.ended).code).toBe(130);
    expect([stillRuns(server), state().process]).toEqual([false, null]);
    const killed = started("up", "weaviate");
    while (state().process === null) await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(killed.pid, "SIGKILL");
    await killed.ended;
    const left = state().process!;
    expect(JSON.parse((await services("up", "weaviate", "--json")).stdout)).toMatchObject({
      ...{ started: false, condition: "running", pid: left.pid },
    });
  });

  it("finds a server that nobody wrote down, and takes it over or ends it", async () => {
    const server = state().process!;
    const forgotten = (): void => writeState("weaviate", { ...state(), process: null, startedAt: null }, env);
    forgotten();
    const inFolder = spawn("sleep", ["60"], { stdio: "ignore", cwd: servicePlaces("weaviate", env).data });
    expect(await condition()).toBe("running");
    const again = JSON.parse((await services("up", "weaviate", "--json")).stdout);
    expect(again).toMatchObject({ started: false, pid: server.pid });
    expect(state().process).toEqual(server);
    forgotten();
    expect((await services("down", "weaviate")).stdout).toBe("weaviate has ended\n");
    expect(stillRuns(server)).toBe(false);
    expect([inFolder.exitCode, inFolder.signalCode]).toEqual([null, null]);
    inFolder.kill();
    expect((await services("up", "weaviate")).code).toBe(0);
  });

  it("follows the log, and prints its last lines", async () => {
    const { log } = servicePlaces("weaviate", env);
    const two = await services("logs", "weaviate", "--lines", "2");
    expect(readFileSync(log, "utf8").endsWith(two.stdout)).toBe(true);
    expect(two.stdout.trim().split("\n")).toHaveLength(2);
    const [node, ...words] = commandLine(["services", "logs", "weaviate", "--lines", "1", "--follow"]);
    const following = spawn(node!, words, { env, stdio: ["ignore", "pipe", "inherit"] });
    await once(following.stdout, "data"); // the last line; what comes from now on is followed
    const said = once(following.stdout, "data");
    writeFileSync(log, "a line of the test\n", { flag: "a" });
    expect(String((await said)[0])).toContain("a line of the test");
    following.kill("SIGINT");
    await once(following, "close");
  });

  it("wipes only when it is said twice, and begins anew with new keys", async () => {
    const before = state();
    const asked = await services("wipe", "weaviate");
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringMatching(/ends it and removes[^]*--yes/) });
    expect(stillRuns(before.process!)).toBe(true);
    expect((await services("wipe", "weaviate", "--yes")).code).toBe(0);
    expect(stillRuns(before.process!)).toBe(false);
    expect(existsSync(servicePlaces("weaviate", env).folder)).toBe(false);
    await services("up", "weaviate", "--port", String(base));
    expect(state().secrets["admin"]).not.toBe(before.secrets["admin"]);
  });

  it("names a damaged state file, and a wipe gets over it and ends the server all the same", async () => {
    const server = state().process!;
    writeFileSync(join(servicePlaces("weaviate", env).folder, "state.json"), "{");
    for (const verb of ["up", "down"]) {
      const refused = await services(verb, "weaviate");
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("services wipe weaviate") });
    }
    expect(stillRuns(server)).toBe(true);
    expect((await services("wipe", "weaviate", "--yes")).code).toBe(0);
    expect(stillRuns(server)).toBe(false);
    expect(await condition()).toBe("none");
  });
});
