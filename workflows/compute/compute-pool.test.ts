import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, it } from "vitest";
import { RhymeError } from "../../src/lib/errors.ts";
import { temporaryFolder } from "../../src/lib/testing/temporary-folder.ts";
import type { ActivityHost, Json } from "../activity-host.ts";
import { ComputePool } from "./compute-pool.ts";

const tasks = new URL("../testing/pool-tasks.ts", import.meta.url).href;
const pools: ComputePool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

/** @param patience longer than usual: a thread that has only begun on a busy machine hears late */
function poolOf(threads: number, patience: { readonly graceMs?: number } = { graceMs: 20_000 }): ComputePool {
  const pool = new ComputePool({ threads, tasks, heartbeatMs: 100, ...patience });
  pools.push(pool);
  return pool;
}

interface Watched {
  readonly host: ActivityHost;
  readonly beats: Json[];
  readonly logs: string[];
  readonly counts: unknown[];
  readonly cancel: (reason: Error) => void;
}

function watched(before: Json = null): Watched {
  const stop = new AbortController();
  const [beats, logs, counts]: [Json[], string[], unknown[]] = [[], [], []];
  const metrics = {
    count: (...count: unknown[]): void => void counts.push(count),
    gauge: () => undefined,
    observe: () => undefined,
  };
  const host: ActivityHost = {
    ...{ signal: stop.signal, attempt: 1, workflow: "w", activity: "a", before, metrics },
    heartbeat: (told) => beats.push(told),
    log: (_level, message) => logs.push(message),
    now: () => 0,
  };
  return { host, beats, logs, counts, cancel: (reason) => stop.abort(reason) };
}

/** Once this is so. */
async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("a pool of threads", () => {
  it("beats on while a task never gives up its thread, and tells how far it is", async () => {
    const { host, beats } = watched();
    const running = poolOf(1).runNamed("busy", { ms: 60_000_000 }, host);
    void running.catch(() => undefined);
    await until(() => beats.length >= 20);
    expect(beats.at(-1)).toEqual({ stage: "busy" });
  });

  it("tells a task that it is cancelled, and lets it end by itself", async () => {
    const { host, logs, beats, cancel } = watched();
    const running = poolOf(1).runNamed("listening", { ms: 60_000_000 }, host);
    await until(() => beats.length >= 2);
    const reason = new Error("no longer wanted");
    cancel(reason);
    await expect(running).rejects.toBe(reason);
    expect(logs).toEqual(["heard it"]);
  });

  it("ends the thread of a task that does not listen, within two seconds, and goes on with another", async () => {
    const pool = poolOf(1, {});
    const { host, beats, cancel } = watched();
    const running = pool.runNamed("busy", { ms: 60_000_000 }, host);
    await until(() => beats.length >= 3);
    const before = beats.length;
    const reason = new Error("no longer wanted");
    cancel(reason);
    await expect(running).rejects.toBe(reason);
    expect(beats.length - before).toBeLessThan(20); // by its own clock, one beat each 100 ms
    expect(await pool.runNamed("busy", { ms: 1 }, watched().host)).toBe("done");
  });

  it("beats for a task that waits for a thread, which can be cancelled as well", async () => {
    const pool = poolOf(1);
    const [first, second, third] = [watched(), watched(), watched()];
    const long = pool.runNamed("listening", { ms: 60_000_000 }, first.host);
    const waiting = pool.runNamed("busy", { ms: 1 }, second.host);
    const given = pool.runNamed("busy", { ms: 1 }, third.host);
    await until(() => second.beats.length >= 5);
    const reason = new Error("no longer wanted");
    third.cancel(reason);
    await expect(given).rejects.toBe(reason);
    first.cancel(reason);
    await expect(long).rejects.toBe(reason);
    expect(await waiting).toBe("done");
  });

  it("runs no more tasks at once than it has threads", async () => {
    const pool = poolOf(2);
    const hosts = [watched(), watched(), watched()];
    const running = hosts.map(({ host }) => pool.runNamed("listening", { ms: 60_000_000 }, host));
    for (const one of running) void one.catch(() => undefined);
    await until(() => hosts.every(({ beats }) => beats.length >= 5));
    hosts.forEach(({ cancel }) => cancel(new Error("enough")));
    await Promise.allSettled(running);
    expect(hosts.map(({ logs }) => logs.length)).toEqual([1, 1, 0]);
  });

  it("hands on what a task throws, a RhymeError as one, and the end of its thread", async () => {
    const pool = poolOf(1);
    const fail = (how: string): Promise<unknown> => pool.runNamed("failing", { how }, watched().host);
    await expect(fail("rhyme")).rejects.toBeInstanceOf(RhymeError);
    await expect(fail("rhyme")).rejects.toThrow("a: expected b, got c. d");
    await expect(fail("bug")).rejects.toThrow("a bug");
    await expect(fail("exit")).rejects.toThrow("code 3");
    await expect(pool.runNamed("nothing", {}, watched().host)).rejects.toThrow("no task is called nothing");
    expect(await pool.runNamed("busy", { ms: 1 }, watched().host)).toBe("done");
  });

  it("never hands out a thread that died while it was idle", async () => {
    const pool = poolOf(1);
    expect(await pool.runNamed("dying", { afterMs: 20 }, watched().host)).toBe("done");
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await pool.runNamed("busy", { ms: 1 }, watched().host)).toBe("done");
  });

  it("fails all that wait for a thread when it is closed", async () => {
    const pool = poolOf(1);
    const hosts = [watched(), watched(), watched()];
    const running = hosts.map(({ host }) => pool.runNamed("busy", { ms: 60_000_000 }, host));
    const ended = Promise.allSettled(running);
    await until(() => hosts.every(({ beats }) => beats.length >= 2));
    await pool.close();
    expect((await ended).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });

  it("hands over what the attempt before told, and counts what a task counts", async () => {
    const { host, counts } = watched({ done: 7 });
    expect(await poolOf(1).runNamed("before", null, host)).toEqual({ done: 7 });
    expect(counts).toEqual([["looks", 2, { symbol: "S" }]]);
  });

  it("leaves no lock behind when a thread is ended within a transaction", async () => {
    const at = temporaryFolder();
    const file = path.join(at.path, "t.sqlite");
    const { host, beats, cancel } = watched();
    const running = poolOf(1, {}).runNamed("locking", { file }, host);
    await until(() => beats.at(-1) !== null && beats.length > 0);
    cancel(new Error("no longer wanted"));
    await expect(running).rejects.toThrow("no longer wanted");
    const db = new DatabaseSync(file, { timeout: 5_000 });
    db.exec("BEGIN IMMEDIATE");
    expect(db.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 0 });
    db.exec("ROLLBACK");
    db.close();
    at.remove();
  });
});
