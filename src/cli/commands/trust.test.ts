import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import type { CandleSeries } from "../../lib/candles/candle-series.ts";
import { knownBy, sliceRows } from "../../lib/candles/slice.ts";
import type { TrustReport } from "../../lib/evaluation/trust/trust-report.ts";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { DAY, iso } from "../../lib/time/units.ts";

// The command as a user runs it, on daily candles through an encoder fitted on them.

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FLAGS = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning", MAIN];
const candles = syntheticCandles({ seed: 3, rows: 1_270, timeframe: "1d", start: Date.UTC(2015, 0, 1) });
const at = temporaryFolder();
const file = path.join(at.path, "S-1d.csv");
const memory = path.join(at.path, "memory");

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function rhyme(...args: string[]): Ran {
  const env = { ...process.env, NO_COLOR: "1" };
  const options = { encoding: "utf8", cwd: at.path, env } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS, ...args], options);
  return { code: status ?? -1, stdout, stderr };
}

function csv({ openTime, open, high, low, close, volume }: CandleSeries): string {
  const rows = Array.from(openTime, (t, i) => [t, open[i], high[i], low[i], close[i], volume[i]].join());
  return ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n");
}

const trust = (...more: string[]): Ran =>
  rhyme("trust", "--memory", memory, "--horizon", "10d", "--resamples", "200", ...more);
const reportOf = (ran: Ran): TrustReport => {
  expect(ran.stderr).not.toMatch(/error/);
  return JSON.parse(ran.stdout) as TrustReport;
};

let known: number;
/** The encoder that was fitted for the memory: fitting is the slow part. */
const encoder = (): string[] => {
  const kept = path.join(memory, "encoders");
  return ["--encoder", path.join(kept, readdirSync(kept)[0]!)];
};
beforeAll(() => {
  writeFileSync(file, csv(candles));
  const ran = rhyme("remember", file, "--symbol", "S", "--horizons", "10d", "--memory", memory, "--json");
  if (ran.code !== 0) throw new Error(ran.stderr);
  known = Date.parse((JSON.parse(ran.stdout) as { encoder: { knownAt: string } }).encoder.knownAt);
});
afterAll(() => at.remove());

describe("trust", () => {
  it("scores every method on moments after the encoder was known, the same bytes twice", () => {
    const [first, second] = [trust("--json"), trust("--json", "--quiet")];
    expect(second.stdout).toBe(first.stdout);
    expect(first.stderr).toMatch(/scored: S 1d/);
    const report = reportOf(first);
    expect(report).toMatchObject({ schema: "rhyme.trust/1", refit: "never", seed: 1, missing: 0 });
    expect(report.answered).toBeGreaterThan(200);
    expect(Date.parse(report.from)).toBeGreaterThanOrEqual(known);
    expect(report.labels.logAtrRatio.methods.map(({ name }) => name)).toContain("HAR + day of week");
    const other = reportOf(trust("--json", "--seed", "2", "--quiet"));
    expect(other.labels.return.methods[0]!.crps.value).toBe(report.labels.return.methods[0]!.crps.value);
    expect(other.labels.return.methods[0]!.crps.low).not.toBe(report.labels.return.methods[0]!.crps.low);
  });

  it("of a span says what a memory that ends there says", () => {
    const short = path.join(at.path, "short");
    const cut = path.join(at.path, "cut.csv");
    const last = 1_100;
    writeFileSync(cut, csv(sliceRows(candles, 0, last + 1)));
    const fit = ["--fit-until", iso(known)];
    const made = rhyme(
      "remember",
      cut,
      "--symbol",
      "S",
      "--horizons",
      "10d",
      ...fit,
      "--memory",
      short,
      "--json",
    );
    expect(made.code).toBe(0);
    const to = iso(candles.knownAt[last]!);
    const early = JSON.parse(
      rhyme("trust", "--memory", short, "--horizon", "10d", "--json", "--to", to).stdout,
    ) as TrustReport;
    // of the whole memory up to ten days earlier: there all outcomes are known in both
    const end = ["--to", iso(candles.knownAt[last - 10]!)];
    const [a, b] = [memory, short].map(
      (of) => rhyme("trust", "--memory", of, "--horizon", "10d", "--json", ...end).stdout,
    );
    expect(a === b).toBe(true); // not a screen of both
    expect(early.pending).toBeGreaterThan(0);
  });

  it("prints tables for people and writes a page", () => {
    const page = path.join(at.path, "trust.html");
    const ran = trust("--html", page, "--from", "2017-06-03");
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/How far can answers/);
    expect(ran.stdout).toMatch(/HAR \+ day of week/);
    expect(ran.stderr).toContain(`page: ${page}`);
    expect(readFileSync(page, "utf8")).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/);
  });

  it("asks what was not asked yet first, and keeps it unless somebody else is writing", () => {
    const before = trust("--json", "--quiet").stdout;
    const key = {
      tenant: "default",
      series: { source: "file", symbol: "S", timeframe: "1d" },
      horizon: "10d",
    };
    const encoderVersion = (JSON.parse(before) as TrustReport).folds[0]!.encoder.version;
    const put = (text: string): void => {
      const folder = openMemoryFolder(memory, { mode: "write" });
      folder.records.put({ ...key, encoderVersion }, text);
      folder.close();
    };
    put('{"schema":"rhyme.record/1"}');
    const writer = openMemoryFolder(memory, { mode: "write" });
    const beside = trust("--json");
    writer.close();
    expect(beside.stderr).toMatch(/cannot be written now/);
    expect(beside.stdout).toBe(before);
    const again = trust("--json");
    expect(again.stderr).toMatch(/asked the past of S first/);
    expect(again.stdout).toBe(before);
    expect(trust("--json").stderr).not.toMatch(/first/);
  });
});

describe("trust refuses, and says what to do", () => {
  const cases: [string, string[], RegExp][] = [
    ["a horizon that is not remembered", ["--horizon", "21d"], /one that is remembered: 10d/],
    ["an unknown symbol", ["--symbol", "T"], /one that is remembered: S 1d/],
    ["a span before the encoder was known", ["--to", "2015-12-31"], /--refit yearly/],
    [
      "a span that ends before it begins",
      ["--from", "2018-01-01", "--to", "2017-01-01"],
      /begins before it ends/,
    ],
    ["no day", ["--from", "2018-02-31"], /2018-02-31/],
    ["a time without zone", ["--from", "2018-02-03T10:00"], /zone/],
    ["a seed that is no number", ["--seed", "x"], /--seed/],
    ["too few resamples", ["--resamples", "10"], /--resamples/],
  ];
  it.each(cases)("%s", (_name, more, message) => {
    const { code, stdout, stderr } = trust(...more);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |bug of rhyme/);
  });

  it("an encoder that is younger than all that is remembered", () => {
    const young = path.join(at.path, "young");
    const cut = path.join(at.path, "young.csv");
    writeFileSync(cut, csv(knownBy(candles, known + 2 * DAY)));
    rhyme("remember", cut, "--symbol", "S", "--horizons", "10d", ...encoder(), "--memory", young, "--quiet");
    const { code, stderr } = rhyme("trust", "--memory", young, "--horizon", "10d");
    expect(code).toBe(2);
    expect(stderr).toMatch(/--fit-until/);
  });
});
