import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { checkSchema } from "../../lib/candles/finding-schema.ts";
import { addCheck } from "./check.ts";

// The real one listens for the end of the test's own process.
vi.mock("../interrupt.ts", () => ({ interruptSignal: () => new AbortController().signal }));

const HEADER = "timestamp,open,high,low,close,volume";
const T = Date.UTC(2024, 0, 2);
const rows = (slots: number[], rest = "2,3,1,2,5"): string =>
  [HEADER, ...slots.map((i) => `${T + i * 300_000},${rest}`), ""].join("\n");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rhyme-check-"));
  await writeFile(join(folder, "A-5m.csv"), rows([0, 1, 2, 4]));
  await writeFile(join(folder, "B-5m.csv"), rows([0, 1]) + `${T + 600_000},2,1,1,2,5\n`);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

function noExitCode(): void {
  process.exitCode = undefined;
}

/** Runs `check` and returns what it wrote to stdout and stderr and its exit code. */
async function check(...args: string[]): Promise<{ out: string; err: string; exitCode: number }> {
  let [out, err] = ["", ""];
  noExitCode();
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += String(text);
    return true;
  });
  const program = new Command();
  addCheck(program);
  await program.parseAsync(["check", ...args], { from: "user" });
  return { out, err, exitCode: Number(process.exitCode ?? 0) };
}

describe("rhyme check", () => {
  it("shows gap ledger, findings and years, and succeeds without errors", async () => {
    const { out, exitCode } = await check(join(folder, "A-5m.csv"));
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /A 5m .*A-5m\.csv\n4 candles from 2024-01-02T00:00:00Z to 2024-01-02T00:20:00Z, of 4 rows read/,
    );
    expect(out).toMatch(/missing +1 +20\.0 %/);
    expect(out).toMatch(/A-5m\.csv:4 {2}2024-01-02T00:15:00Z {2}kept/);
    expect(out).toMatch(/2024 +5 +4 +1 +100\.0 % +0\.0 %/);
  });

  it("exits 1 where data contradicts itself", async () => {
    const { out, exitCode } = await check(join(folder, "B-5m.csv"));
    expect(exitCode).toBe(1);
    expect(out).toMatch(/error +a high or low that contradicts open or close +1 +1 +dropped/);
    expect(out).toMatch(/B-5m\.csv:4 {2}2024-01-02T00:10:00Z {2}open 2, high 1, low 1, close 2 {2}dropped/);
  });

  it("with --json prints one document with every finding and assumption", async () => {
    const { out, exitCode } = await check(join(folder, "A-5m.csv"), join(folder, "B-5m.csv"), "--json");
    const document = JSON.parse(out);
    expect(exitCode).toBe(1);
    expect(document.schema).toBe("rhyme.check/1");
    expect(document.series.map((s: { symbol: string }) => s.symbol)).toEqual(["A", "B"]);
    expect(document.series[0].findings).toEqual([
      {
        kind: "missing-bars",
        severity: "warning",
        file: join(folder, "A-5m.csv"),
        line: 4,
        time: "2024-01-02T00:15:00Z",
        value: "2024-01-02T00:15:00Z",
        count: 1,
        done: "kept",
      },
    ]);
    expect(document.series[0].assumptions).toContain(
      "timestamps name the open of a bar (assumed, --stamp changes it)",
    );
  });

  it("prints a document that obeys its schema", async () => {
    const { out } = await check(join(folder, "A-5m.csv"), join(folder, "B-5m.csv"), "--json");
    const document = JSON.parse(out);
    expect(checkSchema.parse(document)).toEqual(document);
    const repaired = await check(join(folder, "B-5m.csv"), "--repair", "price-contradiction", "--json");
    expect(checkSchema.parse(JSON.parse(repaired.out)).series[0]).toMatchObject({ errors: 0, repaired: 1 });
  });

  it("repairs only what it is asked to, says by which rule, and then succeeds", async () => {
    const { out, exitCode } = await check(join(folder, "B-5m.csv"), "--repair", "price-contradiction");
    expect(exitCode).toBe(0);
    expect(out).toMatch(/3 candles from/);
    expect(out).toMatch(/repaired: high and low are widened to include open and close/);
    expect(out).toMatch(/open 2, high 1, low 1, close 2 → open 2, high 2, low 1, close 2 {2}repaired/);
    await expect(check(join(folder, "B-5m.csv"), "--repair", "missing-bars")).rejects.toThrow(
      /no honest rule/,
    );
    await expect(check(join(folder, "B-5m.csv"), "--repair", "nonsense")).rejects.toThrow(
      /repair: expected one of/,
    );
  });

  it("with --strict says why it refuses even under --quiet, and exits 1", async () => {
    const bad = await check(join(folder, "B-5m.csv"), "--strict", "--quiet", "--json");
    expect(bad.exitCode).toBe(1);
    expect(bad.err).toMatch(
      /error: .*B-5m\.csv:4\n {2}expected {2}no high or low that contradicts open or close/,
    );
    expect(bad.err).toMatch(/--repair price-contradiction/);
    expect(JSON.parse(bad.out).series[0].errors).toBe(1);
    const mended = await check(
      join(folder, "B-5m.csv"),
      "--strict",
      "--quiet",
      "--repair",
      "price-contradiction",
    );
    expect(mended).toMatchObject({ err: "", exitCode: 0 });
    const warned = await check(join(folder, "A-5m.csv"), "--strict", "--quiet");
    expect(warned).toMatchObject({ err: "", exitCode: 0 });
  });

  it("writes a page of every series with --html, and --show bounds its pictures", async () => {
    const file = join(folder, "check.html");
    const { exitCode } = await check(join(folder, "A-5m.csv"), join(folder, "B-5m.csv"), "--html", file);
    expect(exitCode).toBe(1);
    const page = await readFile(file, "utf8");
    expect(/<title>Are these 2 series sound\?/.test(page)).toBe(true);
    expect(page.match(/<figure class="finding">/g)).toHaveLength(2);
    await check(join(folder, "B-5m.csv"), "--html", file, "--show", "0");
    const bare = await readFile(file, "utf8");
    expect(bare.match(/<figure class="finding">/g)).toBeNull();
    expect(bare.match(/class="small"/g)).toHaveLength(1);
  });

  it("merges all files into one series with --symbol", async () => {
    const { out } = await check(
      join(folder, "A-5m.csv"),
      join(folder, "B-5m.csv"),
      "--symbol",
      "S",
      "--json",
    );
    const document = JSON.parse(out);
    expect(document.series).toHaveLength(1);
    expect(document.series[0].counts).toEqual({
      "price-contradiction": 1,
      "missing-bars": 1,
      "duplicate-equal": 2,
    });
  });

  it("reads the candles that the demo uses", async () => {
    const { out, exitCode } = await check(
      "node_modules/vega-datasets/data/sp500-2000.csv",
      "--calendar",
      "us-equities",
    );
    expect(exitCode).toBe(0);
    expect(out).toMatch(/no findings/);
    expect(out).toMatch(/2003 +252 +252 +0 +98\.0 %/);
    expect(out).toMatch(/2017 +251 +251 +0 +0\.0 %/);
  });

  it.each([
    [["--timeframe", "7m"], /timeframe: expected minutes or hours/],
    [["--scale", "x"], /--scale: expected a number, got "x"/],
    [["--zone", "Mars"], /zone/],
    [["--calendar", "us-equities"], /fit no bar/],
  ])("refuses %j", async (args, message) => {
    await expect(check(join(folder, "A-5m.csv"), ...args)).rejects.toThrow(message);
  });

  it("names a file that is not there", async () => {
    await expect(check(join(folder, "C.csv"))).rejects.toThrow(/C\.csv: expected a readable CSV/);
  });
});
