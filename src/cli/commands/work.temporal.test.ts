import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { digestOf, fixtureCandles, writeCandles } from "../../../workflows/testing/backfill-fixture.ts";
import { temporalWorld, type TemporalWorld } from "../../../workflows/testing/temporal-world.ts";
import { needs } from "../../lib/testing/require.ts";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { commandLine } from "../faults/run-rhyme.ts";
import { followWorkflow } from "../follow-workflow.ts";
import { freePortBlock } from "../services/ports.ts";
import { createUi } from "../ui.ts";

const temporal = needs("temporal");
const PATIENCE = { timeout: 60_000, interval: 200 };

let world: TemporalWorld;
let at: TemporaryFolder;
let metrics: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  if (temporal.skip) return;
  at = temporaryFolder();
  world = await temporalWorld("command-tests");
  metrics = `127.0.0.1:${(await freePortBlock()).metrics}`;
});
afterAll(async () => {
  if (temporal.skip) return;
  for (const child of children) child.kill("SIGKILL");
  await world.close();
  at.remove();
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of rhyme against the server of this test. */
function rhyme(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const [node, ...words] = commandLine(args);
  const env = { ...process.env, RHYME_SERVER: world.address, NO_COLOR: "1" };
  const child = spawn(node!, words, { env, stdio: ["ignore", "pipe", "pipe"], cwd: at.path });
  children.push(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, ended };
}

const start = (memory: string, ...more: readonly string[]): Promise<Ended> =>
  rhyme(
    ...["start", "backfill", path.join(at.path, "S-5m.csv"), "--timeframes", "5m,30m,1h,4h"],
    ...["--horizons", "1h", "--memory", path.join(at.path, memory), "--json", ...more],
  ).ended;

async function found(query: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of world.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

describe.skipIf(temporal.skip)("./rhyme work, start and watch, on a real server", () => {
  it("begin a job before anybody works, say so, and join it until it ends", async () => {
    writeCandles(at.path, fixtureCandles("S", 2_000));
    const started = await start("served", "--detach");
    expect(started.code, started.stderr).toBe(0);
    const { workflow } = JSON.parse(started.stdout) as { workflow: string };
    const watching = rhyme("watch", workflow, "--json");
    let said = "";
    watching.child.stderr!.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await vi.waitFor(
      () => expect(said).toMatch(/nobody works on .*\.\/rhyme work starts a worker/),
      PATIENCE,
    );
    const working = rhyme("work", "--metrics", metrics, "--threads", "1");
    const watched = await watching.ended;
    expect(watched.code, watched.stderr).toBe(0);
    expect(JSON.parse(watched.stdout)).toMatchObject({
      workflow,
      result: { series: 1, failed: 0, candles: 2_000 },
    });
    const figures = await (await fetch(`http://${metrics}/metrics`)).text();
    expect(figures).toMatch(/^rhyme_candles_total\{.*symbol="S".*\} 2000$/m);
    expect(figures).toMatch(/^rhyme_activity_seconds_count\{activity="commitChunk"\} [1-9]/m);
    working.child.kill("SIGTERM");
    const worked = await working.ended;
    expect(worked.code, worked.stderr).toBe(0);
    expect(worked.stderr).toMatch(/^encodes with arrays: /m);
    const lines = worked.stderr.split("\n").filter((line) => line.startsWith("{"));
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toContain("ready");
  });

  it("exit as its result says, with --json too", async () => {
    const [id] = (await found(`WorkflowType = "backfill"`)).slice(-1);
    const said: string[] = [];
    const stream = { write: (text: string) => said.push(text) };
    const ui = createUi({ json: true }, { stdout: stream, stderr: stream, env: {}, clock: () => 0 });
    const { signal } = new AbortController();
    for (const failed of [true, false]) {
      process.exitCode = undefined;
      await followWorkflow(world, id!, { ui, signal, json: true, failed: () => failed });
      expect(process.exitCode).toBe(failed ? 1 : undefined);
    }
    process.exitCode = undefined;
    expect(said).toHaveLength(2);
  });

  it("end in the bytes of --local", async () => {
    const local = await start("local", "--local");
    expect(local.code, local.stderr).toBe(0);
    const [served, alone] = ["served", "local"].map((memory) => digestOf(path.join(at.path, memory)).all);
    expect(served).toBe(alone);
  });

  it("say what to do where no server is, no workflow of that id, and nothing runs", async () => {
    const nowhere = await rhyme("watch", "--server", "temporal://127.0.0.1:1").ended;
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("services up temporal") });
    const unknown = await rhyme("watch", "backfill/none").ended;
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("a workflow of this id") });
    expect(await rhyme("watch").ended).toMatchObject({ code: 0, stdout: "nothing runs\n" });
  });
});
