import childProcess from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import os from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import vm from "node:vm";
import { afterAll, describe, expect, it } from "vitest";
import { syntheticCandles } from "../../testing/candles.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { byTimeframe } from "../../candles/resample.ts";
import { lookAhead } from "./look-ahead.ts";
import { Outside } from "./outside.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const file = (name: string, text: string): string => {
  const path = join(folder.path, name);
  fs.writeFileSync(path, text);
  return path;
};
const require = createRequire(import.meta.url);
const CLOCK = Date.UTC(2040, 0, 2, 3, 4, 5);

/** What is noted while something runs; what it throws is swallowed. */
async function noted(act: () => unknown, outside = new Outside()): Promise<readonly string[]> {
  outside.begin(CLOCK);
  try {
    await act();
  } catch {} // only what was noted is looked at
  return outside.end().outside;
}

const partsOfFormat = (): unknown =>
  Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "formatToParts")!.value as unknown;

describe("a way out is noted", () => {
  const json = file("future.json", "[1]");
  const list = ["readFile", "stat", "lstat", "access", "readlink", "realpath", "mkdir", "cp"] as const;

  it.each(list)("%s of fs and its twins", async (name) => {
    const missing = join(folder.path, "none", "of", "these");
    const path = JSON.stringify(missing.slice(0, 80));
    expect(await noted(() => (fs[`${name}Sync`] as (path: string) => unknown)(missing))).toEqual([
      `${name}Sync ${path} of fs`,
    ]);
    expect(await noted(() => (fs.promises[name] as (path: string) => unknown)(missing))).toEqual([
      `${name} ${path} of fs/promises`,
    ]);
  });

  it("a file that is read through promisify, then and later", async () => {
    expect(await noted(() => promisify(fs.readFile)(json))).toEqual([expect.stringMatching(/^readFile /)]);
    expect(await noted(() => promisify(fs.exists)(json))).toEqual([expect.stringMatching(/^exists /)]);
    expect(await noted(() => [json].map(fs.existsSync as (path: string) => unknown))).toHaveLength(1);
    const outside = new Outside();
    let kept: ((path: string) => Promise<unknown>) | null = null;
    await noted(() => (kept = promisify(fs.readFile)), outside);
    expect(await noted(() => kept!(json), outside)).toHaveLength(1);
  });

  it("data that the module loader reads, and no code", async () => {
    expect(await noted(() => require(json))).toEqual([expect.stringMatching(/^readFileSync .*of fs$/)]);
    const imported = file("imported.json", "[2]");
    const data = file(
      "data.mjs",
      'import rows from "./imported.json" with { type: "json" }; export { rows };',
    );
    let rows: unknown;
    const seen = await noted(() => ({ rows } = require(data) as { rows: unknown }));
    expect([rows, seen]).toEqual([[2], [expect.stringContaining("readFileSync")]]);
    expect(seen[0]).toContain(JSON.stringify(imported.slice(0, 80)).slice(1, -1));
    fs.mkdirSync(join(folder.path, "node_modules"));
    for (const name of ["code.cjs", "code.mjs", "code.ts", "code.js", "node_modules/own.json"]) {
      const path = file(name, name.endsWith("json") ? "{}" : "");
      expect(await noted(() => require(path))).toEqual([]);
    }
  });

  it("sockets, realms and threads", async () => {
    expect(await noted(() => new net.Socket().connect(-1))).toEqual(["connect of net"]);
    expect(await noted(() => vm.runInNewContext("Date.now()"))).toEqual([
      'runInNewContext "Date.now()" of vm',
    ]);
    expect(await noted(() => new vm.Script("1"))).toEqual(['Script "1" of vm']);
    const { Worker } = process.getBuiltinModule("worker_threads");
    expect(await noted(() => new (process.getBuiltinModule("worker_threads").Worker)("none.js"))).toEqual([
      'Worker "none.js" of worker_threads',
    ]);
    expect(process.getBuiltinModule("worker_threads").Worker).toBe(Worker);
  });
});

describe("no process is started", () => {
  it.each<[string, () => unknown]>([
    ["spawn", () => childProcess.spawn("sleep", ["127"], { detached: true })],
    ["exec", () => promisify(childProcess.exec)("sleep 127")],
    ["execFile", () => promisify(childProcess.execFile)("sleep", ["127"])],
    ["execSync", () => childProcess.execSync("true")],
    ["ChildProcess", () => new childProcess.ChildProcess()],
  ])("by %s: it throws and is noted", async (name, start) => {
    let error: unknown;
    const seen = await noted(async () => {
      try {
        return await start();
      } catch (thrown) {
        return (error = thrown);
      }
    });
    expect(seen).toEqual([expect.stringMatching(new RegExp(`^${name}.* of child_process$`))]);
    expect(String(error)).toMatch(/the start of a process, which is refused/);
  });

  it("nor between calls where the walls stay", async () => {
    const { spawn } = childProcess;
    const outside = new Outside({ stays: true });
    await noted(() => 0, outside);
    try {
      expect(() => childProcess.spawn("sleep", ["127"])).toThrow(/refused/);
      expect(await noted(() => 0, outside)).toEqual(['spawn "sleep" of child_process']);
    } finally {
      outside.remove();
    }
    expect(childProcess.spawn).toBe(spawn);
  });

  it("and the function that wants to is not checkable", async () => {
    const candles = byTimeframe(syntheticCandles({ seed: 3, rows: 100 }), ["5m"]);
    const report = await lookAhead(() => (childProcess.spawn("sleep", ["127"]), {}), candles);
    expect(report.functions[0]).toMatchObject({ verdict: "not checkable" });
    expect(report.functions[0]!.reason).toMatch(/it starts a process: spawn "sleep" of child_process/);
  });
});

describe("every clock shows what it is told to", () => {
  const utc = { timeZone: "UTC", dateStyle: "short", timeStyle: "medium" } as const;
  const near = (at: number): boolean => at >= CLOCK && at < CLOCK + 1000;

  it.each<[string, () => number]>([
    ["Date", () => new Date().getTime()],
    ["the constructor of a date", () => new (new Date(0).constructor as DateConstructor)().getTime()],
    ["performance.timeOrigin", () => performance.timeOrigin],
    [
      "what performance was made of",
      () => (Object.getPrototypeOf(performance) as typeof performance).now.call(performance),
    ],
    ["performance.toJSON", () => (performance.toJSON() as { timeOrigin: number }).timeOrigin],
    ["a new file", () => new File([], "x").lastModified],
    ["a format", () => Date.parse(`${new Intl.DateTimeFormat("en-US", utc).format()} UTC`) + 0],
    ["the parts of a format", () => Date.parse(`${new Intl.DateTimeFormat("en-US", utc).formatToParts().map((p) => p.value).join("")} UTC`)], // prettier-ignore
    ["the time since the machine was started", () => os.uptime() * 1000],
  ])("%s", (_name, read) => {
    const outside = new Outside();
    outside.begin(CLOCK);
    const at = read();
    expect([outside.end().clock > 0, near(at)]).toEqual([true, true]);
    expect(near(read())).toBe(false);
  });

  it("a time that is given stays, and everything is as it was afterwards", () => {
    const before = [Date.prototype.constructor, File, fs.readFile, fs.promises.stat, partsOfFormat()]; // prettier-ignore
    const outside = new Outside();
    outside.begin(CLOCK);
    expect(new Intl.DateTimeFormat("en-US", utc).format(0)).toMatch(/^1\/1\/70/);
    expect(new File([], "x", { lastModified: 5 }).lastModified).toBe(5);
    expect(new Date(7).constructor).toBe(Date);
    expect(outside.end()).toEqual({ clock: 0, chance: 0, outside: [] });
    expect([Date.prototype.constructor, File, fs.readFile, fs.promises.stat, partsOfFormat()]).toEqual(before); // prettier-ignore
  });
});
