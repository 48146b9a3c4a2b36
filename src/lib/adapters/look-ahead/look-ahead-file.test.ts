import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import type { FunctionReport } from "../../evaluation/look-ahead/user/report.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { calendarByName } from "../../time/calendars.ts";
import { lookAheadFile, type LookAheadFileOptions } from "./look-ahead.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const candles = byTimeframe(syntheticCandles({ seed: 3, rows: 300 }), ["5m", "1h"]);

function write(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

async function check(text: string, options: LookAheadFileOptions = {}): Promise<readonly FunctionReport[]> {
  const file = write(`f${readdirSync(folder.path).length}.ts`, text);
  const report = await lookAheadFile(file, candles, { instants: 12, starts: 1, ...options });
  expect(report.clean).toBe(
    report.functions.every((f) => f.columns.every((c) => c.verdict === "clean") && !f.verdict),
  );
  return report.functions;
}

/** Verdicts by function and column, in one line each. */
function verdicts(functions: readonly FunctionReport[]): Record<string, string> {
  return Object.fromEntries(
    functions.map(({ name, verdict, columns }) => [
      name,
      verdict ?? columns.map((c) => `${c.column} ${c.verdict}`).join(", "),
    ]),
  );
}

const CLOSE = `
  import type { CandlesByTimeframe } from "rhyme";
  type C = CandlesByTimeframe;
  const close = (c: C) => c["5m"]!.close;
`;

describe("functions that answer badly have verdicts of their own", () => {
  it("and never spoil those of others", async () => {
    const functions = await check(`${CLOSE}
      import { readFileSync } from "node:fs";
      export const throws = () => { throw new Error("no luck"); };
      export const throwsShort = (c: C) => { if (close(c).length < 50) throw new Error("short"); return { a: close(c) }; };
      export const quietShort = (c: C) => {
        if (close(c).length < 50) throw new Error("short");
        return { a: close(c).map((v, i) => (i < 60 ? NaN : v)) };
      };
      export const throwsOnNaN = (c: C) => { if (close(c).some(Number.isNaN)) throw new Error("NaN"); return { a: close(c) }; };
      export const lengths = (c: C) => ({ a: close(c).slice(1), b: close(c) });
      export const padded = (c: C) => ({ a: [...close(c), ...new Array(300).fill(0)].slice(0, 300) });
      export const nothing = () => ({});
      export const list = (c: C) => close(c);
      export const kinds = (c: C) => ({ text: Array.from(close(c), String), big: Array.from(close(c), () => 1n), one: 5, ok: close(c) });
      export const comesAndGoes = (c: C) => ({ a: close(c), ...(close(c).length > 100 ? { b: close(c).map((v, i) => (i > 100 ? v : NaN)) } : {}) });
      export const changes = (c: C) => { const x = close(c); for (let i = 1; i < x.length; i++) x[i] = x[i - 1]! / 2 + x[i]! / 2; return { a: x }; };
      export const getter = (c: C) => ({ get a() { throw new Error("gotcha"); } });
      export const huge = (c: C) => Object.fromEntries(Array.from({ length: 3000 }, (_, i) => ["c" + i, close(c)]));
      export const silent = (c: C) => ({ a: close(c).map(() => NaN) });
      export const reads = (c: C) => { readFileSync(import.meta.filename); return { a: close(c) }; };
      export class NoFunction {}
      export const number = 5;
      export default (c: C) => ({ a: close(c) });
    `);
    expect(verdicts(functions)).toEqual({
      throws: "throws",
      throwsShort: "a throws",
      quietShort: "a clean",
      throwsOnNaN: "a clean",
      lengths: "a wrong length, b clean",
      padded: "a wrong length",
      nothing: "no columns",
      list: "no columns",
      kinds: "text not numbers, big not numbers, one not numbers, ok clean",
      comesAndGoes: "a clean, b comes and goes",
      changes: "a changes its input",
      getter: "throws",
      huge: "not checkable",
      silent: "a not checkable",
      reads: "a not checkable",
      default: "a clean",
    });
    const of = (name: string): FunctionReport => functions.find((one) => one.name === name)!;
    expect(of("throws").reason).toMatch(/^Error: no luck \(f\d+\.ts:\d+\)$/);
    expect(of("list").reason).toMatch(/^it returned a list; return columns by name/);
    expect(of("changes").columns[0]!.reason).toMatch(/close of 5m/);
    expect(of("reads").columns[0]!.reason).toMatch(/readFileSync .*f\d+\.ts" of fs/);
    expect(of("throwsShort").columns[0]!.reason).toMatch(
      /throws given the first bar known by .*: Error: short/,
    );
    expect(of("quietShort").notes).toContainEqual(expect.stringMatching(/^It throws, given the/));
    expect(of("throwsOnNaN").notes).toContainEqual(
      expect.stringMatching(/nan values at no instants.*Error: NaN/),
    );
  });

  it("chance, clocks and memories are told apart", async () => {
    const functions = await check(`${CLOSE}
      export const random = (c: C) => ({ a: close(c).map((v) => v + Math.random()), b: close(c) });
      let calls = 0;
      export const counts = (c: C) => ({ a: close(c).map((v) => v + calls++) });
      let first: number | null = null;
      export const fromFirst = (c: C) => { first ??= close(c)[0]!; return { a: close(c).map((v) => v / first! - 1) }; };
      let mean: number | null = null;
      export const remembers = (c: C) => { mean ??= close(c).reduce((a, b) => a + b, 0) / close(c).length; return { a: close(c).map((v) => v - mean!) }; };
      const kept = new Map<number, Float64Array>();
      export const byLength = (c: C) => {
        const n = close(c).length;
        kept.set(n, kept.get(n) ?? close(c).map((v) => v - close(c)[n - 1]!));
        return { a: kept.get(n)! };
      };
      export const clock = (c: C) => ({ a: c["5m"]!.openTime.map((t) => new Date().getTime() - t), b: close(c) });
      export const recent = (c: C) => ({ a: close(c).map((v, i) => (Date.now() - c["5m"]!.openTime[i]! < 864e5 ? v : 0)) });
      export const measured = (c: C) => { const t = performance.now(); const a = close(c).slice(); return { a, ...(performance.now() < t ? { b: a } : {}) }; };
    `);
    expect(verdicts(functions)).toEqual({
      random: "a not deterministic, b clean",
      counts: "a not deterministic",
      fromFirst: "a not deterministic",
      remembers: "a not deterministic",
      byLength: "a not deterministic",
      clock: "a reads the clock, b clean",
      recent: "a reads the clock",
      measured: "a clean",
    });
    const of = (name: string): FunctionReport => functions.find((one) => one.name === name)!;
    expect(of("random").columns[0]!.reason).toMatch(/draws random numbers/);
    expect(of("remembers").columns[0]!.reason).toMatch(/keeps something between calls/);
    expect(of("measured").notes).toContainEqual(expect.stringMatching(/asks for the time/));
  });

  it("also a clock that was read when the module was run", async () => {
    const functions = await check(`${CLOSE}
      const started = Date.now();
      export const f = (c: C) => ({ a: close(c).map((v) => v + started) });`);
    expect(verdicts(functions)).toEqual({ f: "a reads the clock" });
  });
});

describe("whatever a function does, its check ends", () => {
  const ends = (body: string, options: LookAheadFileOptions = {}): Promise<readonly FunctionReport[]> =>
    check(`${CLOSE} export const f = async (c: C) => { ${body} };`, {
      timeoutMs: 4_000,
      memoryMb: 300,
      ...options,
    });

  it("in an endless loop, also behind an await, and with a promise that never settles", async () => {
    const bodies = ["for (;;);", "await 0; for (;;);", "return new Promise<never>(() => {});"];
    for (const [report] of await Promise.all(bodies.map((body) => ends(body))))
      expect(report).toMatchObject({ verdict: "never ends", columns: [], reason: "not done after 4 s" });
  });

  it.each([
    ["by ending the process", "process.exit(0);", "ends the process", /exit code 0/],
    ["by ending it on short histories", "if (close(c).length < 9) process.exit(3); return { a: close(c) };", "ends the process", /exit code 3, given the first bar/],
    ["by filling the heap", "const all = []; for (;;) all.push(new Array(1e6).fill(1.5));", "runs out of memory", /300 MB/],
    ["by filling memory outside of the heap", "const all = []; for (;;) all.push(new Float64Array(1e6).fill(1));", "runs out of memory", /300 MB/],
    ["by throwing in a timer", 'setTimeout(() => { throw new Error("later"); }, 0); await new Promise((r) => setTimeout(r, 50)); return { a: close(c) };', "throws", /outside of its call: Error: later/],
  ])("%s", async (_how, body, verdict, reason) => {
    const [report] = await ends(body, { timeoutMs: 60_000 });
    expect(report).toMatchObject({ verdict, columns: [], reason: expect.stringMatching(reason) as string });
  }); // prettier-ignore

  it("where only a garbage future makes it endless, that garbage is left out, and said so", async () => {
    const [report] = await ends("while (close(c).some(Number.isNaN)); return { a: close(c) };", {
      timeoutMs: 3_000,
    });
    expect(report!.columns).toMatchObject([{ verdict: "clean" }]);
    expect(report!.notes).toContainEqual(expect.stringMatching(/nan values at no instants.*never ends/));
  });

  it.each([
    ["throws", 'throw new Error("at the top");', /at the top/],
    ["is no TypeScript", "export const = 5;", /SyntaxError/],
    ["ends the process", "process.exit(7);", /its module ends the process: exit code 7/],
    ["never ends", "for (;;);", /its module never ends: not done after 2 s/],
  ])("a module that %s does not load", async (_how, text, reason) => {
    const [report] = await check(text, { timeoutMs: 2_000 });
    expect(report).toMatchObject({
      verdict: "does not load",
      reason: expect.stringMatching(reason) as string,
    });
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 1_000);
    const running = check("export const f = () => { for (;;); };", { signal: controller.signal });
    await expect(running).rejects.toThrow("enough");
  });

  it.skipIf(process.platform !== "linux")("leaves no process behind when its own is killed", async () => {
    const file = write("orphan.ts", "export const f = () => { for (;;); };");
    const lookAheadTs = new URL("./look-ahead.ts", import.meta.url).href;
    const script = write("parent.mts", `
      import { lookAheadFile } from ${JSON.stringify(lookAheadTs)};
      import { syntheticCandles } from ${JSON.stringify(new URL("../../testing/candles.ts", import.meta.url).href)};
      await lookAheadFile(${JSON.stringify(file)}, syntheticCandles({ seed: 1, rows: 50 }));`);
    const parent = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script]);
    const exit = once(parent, "exit");
    const children = await until(() => childrenOf(parent.pid!, file));
    parent.kill("SIGKILL");
    await exit;
    await until(() => (children.every((pid) => !running(pid, file)) ? [0] : []));
    expect(children.filter((pid) => running(pid, file))).toEqual([]);
  }); // prettier-ignore
});

/** Looks until there is something. */
async function until(look: () => readonly number[]): Promise<readonly number[]> {
  for (;;) {
    const found = look();
    if (found.length > 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function childrenOf(parent: number, file: string): readonly number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => running(pid, file) && statusOf(pid).includes(`PPid:\t${parent}\n`));
}

function running(pid: number, file: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(file) && !/State:\tZ/.test(statusOf(pid));
  } catch {
    return false;
  }
}

function statusOf(pid: number): string {
  return readFileSync(`/proc/${pid}/status`, "utf8");
}

describe("files", () => {
  it("give polars frames to what they export as `frames`", async () => {
    const functions = await check(
      `import pl from "nodejs-polars";
      type F = Record<string, pl.DataFrame>;
      const hour = (f: F, by: string) => f["1h"]!.select(pl.col(by), pl.col("close").alias("hour"));
      export const frames = {
        open: (f: F) => f["5m"]!.joinAsof(hour(f, "timestamp"), { on: "timestamp" }).select("timestamp", "hour"),
        known: async (f: F) => f["5m"]!.joinAsof(hour(f, "known_at"), { on: "known_at" }),
        rolling: (f: F) => f["5m"]!.select(pl.col("close").rollingMean(5).alias("mean"), pl.lit("x").alias("text")),
        reversed: (f: F) => f["5m"]!.select("timestamp", "close").sort("timestamp", true),
        same: (f: F) => f["5m"]!,
      };`,
      { instants: 10 },
    );
    expect(verdicts(functions)).toEqual({
      "frames.open": "hour leak",
      "frames.known": "hour clean",
      "frames.rolling": "mean clean, text not numbers",
      "frames.reversed": "close wrong length",
      "frames.same": "no columns",
    });
    expect(functions[0]!.columns[0]!.leak!.offender).toMatchObject({ timeframe: "1h" });
  });

  it("are checked on calendars of other zones, of which functions see the whole", async () => {
    const fx = syntheticCandles({ seed: 4, rows: 200, timeframe: "30m", calendar: calendarByName("fx@UTC") });
    const file = write("clock.ts", `
      import { computeFeature, marketClock, type CandlesByTimeframe } from "rhyme";
      export const f = (c: CandlesByTimeframe) => computeFeature(marketClock(), c, "30m");`);
    const { functions } = await lookAheadFile(file, fx, { timeframes: ["30m", "1d"], instants: 12 });
    expect(functions[0]!.columns.length).toBeGreaterThan(0);
    expect(functions[0]!.columns.map(({ verdict }) => verdict)).toEqual(functions[0]!.columns.map(() => "clean"));
    expect(functions[0]!.notes).toContainEqual(expect.stringMatching(/whatever the prices are/));
  }); // prettier-ignore

  it("that are not there, export nothing to check, or lack a function asked for, are refused", async () => {
    await expect(lookAheadFile("nowhere.ts", candles)).rejects.toThrow(/no such file/);
    await expect(check("export const a = 5;")).rejects.toThrow(/an exported function of candles, got a/);
    await expect(check("export const f = () => ({});", { only: ["g"] })).rejects.toThrow(
      /one of its functions: f, got g/,
    );
  });
});
