import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needs } from "../../lib/testing/require.ts";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { commandLine } from "../faults/run-rhyme.ts";
import { freePortBlock } from "./ports.ts";
import { stillRuns } from "./process-identity.ts";
import { readState, servicePlaces, writeState, type ServiceState } from "./service-state.ts";

const temporal = needs("temporal");

let at: TemporaryFolder;
let env: NodeJS.ProcessEnv;
let base: number;
beforeAll(async () => {
  at = temporaryFolder();
  env = { ...process.env, XDG_CACHE_HOME: at.path, NO_COLOR: "1" };
  base = (await freePortBlock()).rest;
});
afterAll(async () => {
  if (!temporal.skip) await services("wipe", "temporal", "--yes");
  at.remove();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function services(...args: readonly string[]): Promise<Ended> {
  const [node, ...words] = commandLine(["services", ...args]);
  const child = spawn(node!, words, { env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

const state = (): ServiceState => readState("temporal", env)!;
const condition = async (): Promise<string> =>
  JSON.parse((await services("status", "temporal", "--json")).stdout).services[0].condition;
const api = async (path: string, body?: object): Promise<Record<string, never>> => {
  const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  return (await fetch(`http://127.0.0.1:${state().ports["http"]}/api/v1${path}`, sent)).json() as never;
};

describe.skipIf(temporal.skip)("./rhyme services, on a real Temporal", () => {
  it("starts it once with our namespace, its attributes and what has ended kept for a month", async () => {
    expect(await condition()).toBe("none");
    const first = await services("up", "temporal", "--port", String(base), "--json");
    expect(JSON.parse(first.stdout)).toMatchObject({
      ...{ started: true, condition: "running", address: `temporal://127.0.0.1:${base}`, version: "1.29.1" },
    });
    expect(first.stderr).toMatch(/asks nobody for a key/);
    expect((await services("up", "temporal")).stdout).toContain("runs already");
    const { config } = (await api("/namespaces/rhyme")) as unknown as { config: Record<string, string> };
    expect(config["workflowExecutionRetentionTtl"]).toBe("2592000s");
    const { customAttributes } = await api("/namespaces/rhyme/search-attributes");
    expect(customAttributes).toEqual({
      RhymeEncoder: "INDEXED_VALUE_TYPE_KEYWORD",
      RhymeSymbol: "INDEXED_VALUE_TYPE_KEYWORD",
    });
    const metrics = await fetch(`http://127.0.0.1:${base + 2}/metrics`);
    expect(await metrics.text()).toContain("service_requests");
  });

  it.skipIf(!existsSync("/proc/net/tcp"))("listens on this machine alone, with every port it has", () => {
    const inodes = new Set(listeningOf(state().process!.pid));
    const rows = ["tcp", "tcp6"].flatMap((name) =>
      readFileSync(`/proc/net/${name}`, "utf8").split("\n").slice(1),
    );
    const own = rows
      .map((row) => row.trim().split(/\s+/))
      .filter((row) => row[3] === "0A" && inodes.has(row[9]!));
    expect(own.length).toBeGreaterThanOrEqual(3);
    for (const row of own) expect(row[1]).toMatch(/^0100007F:/);
  });

  it("keeps what runs through a crash, and when its ports move", async () => {
    await api("/namespaces/rhyme/workflows/kept", {
      ...{ workflowType: { name: "nobody" }, taskQueue: { name: "none" }, requestId: "one" },
    });
    const first = state().process!;
    process.kill(first.pid, "SIGKILL");
    while (stillRuns(first)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await services("status", "temporal")).toMatchObject({
      ...{ code: 1, stdout: expect.stringContaining("crashed") },
    });
    const elsewhere = (await freePortBlock()).rest;
    const again = await services("up", "temporal", "--port", String(elsewhere));
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("ended without being asked") });
    expect(state().base).toBe(elsewhere);
    expect(await api("/namespaces/rhyme/workflows/kept")).toMatchObject({
      workflowExecutionInfo: { status: "WORKFLOW_EXECUTION_STATUS_RUNNING" },
    });
  });

  it("finds a server that nobody wrote down, and ends it", async () => {
    const server = state().process!;
    writeState("temporal", { ...state(), process: null, startedAt: null }, env);
    expect(await condition()).toBe("running");
    expect((await services("down", "temporal")).stdout).toBe("temporal has ended\n");
    expect(stillRuns(server)).toBe(false);
    expect(await condition()).toBe("stopped");
  });

  it("wipes what it kept, and begins anew", async () => {
    await services("up", "temporal");
    expect((await services("wipe", "temporal", "--yes")).code).toBe(0);
    expect(existsSync(servicePlaces("temporal", env).folder)).toBe(false);
    await services("up", "temporal", "--port", String(base));
    expect(await api("/namespaces/rhyme/workflows/kept")).toMatchObject({ code: 5 });
  });
});

/** Inodes of the sockets that a process holds. */
function listeningOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    const target = readlinkSync(join(folder, name), "utf8");
    return /^socket:\[(\d+)\]$/.exec(target)?.slice(1) ?? [];
  });
}
