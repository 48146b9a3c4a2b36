import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCandles } from "../../../adapters/files/read-candles.ts";
import { factsOfSeries, takeFacts, type CandleFacts } from "../../../candles/candle-facts.ts";
import type { CandleSeries } from "../../../candles/candle-series.ts";
import { sliceRows } from "../../../candles/slice.ts";
import { syntheticCandles } from "../../../testing/candles.ts";
import { STORED_SUBJECTS } from "../../../testing/stored-subjects.ts";
import { historyTakers, type Takers } from "../../../testing/history-takers.ts";
import { needs } from "../../../testing/require.ts";
import { temporaryFolder } from "../../../testing/temporary-folder.ts";
import { calendarByName } from "../../../time/calendars.ts";
import { checkHistory, type SubjectTally } from "../check-history.ts";
import type { History } from "../history.ts";
import { EXEMPT } from "./exempt.ts";
import { PARTS, REGISTRY } from "./registry.ts";

const LIB = fileURLToPath(new URL("../../../", import.meta.url));
const data = needs("data");

function compilerOptions(): ts.CompilerOptions {
  const root = path.join(LIB, "../..");
  const { config } = ts.readConfigFile(path.join(root, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    config: unknown;
  };
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}

/** Whether files of the arrow, whose functions are all looked at, public or not; the harness is not its own subject. */
function isOfTheArrow(file: string): boolean {
  return !/^(adapters|testing|evaluation\/look-ahead)\//.test(file);
}

describe("the registry", () => {
  let takers: Takers;
  const covered = new Set([...REGISTRY, ...STORED_SUBJECTS].flatMap(({ covers }) => covers));
  const exempt = new Set(Object.keys(EXEMPT));
  beforeAll(() => {
    takers = historyTakers(path.join(LIB, "index.ts"), LIB, compilerOptions(), isOfTheArrow);
  });

  it("holds every public function that takes history to the law, or says why not", () => {
    const missing = takers.published.filter(({ name }) => !covered.has(name) && !exempt.has(name));
    expect(missing).toEqual([]);
    expect(takers.published.length).toBeGreaterThan(50);
  });

  it("reaches every function of the arrow that takes history, public or not", () => {
    const reached = takers.reachedFrom([...covered, ...exempt]);
    const isHeld = (name: string): boolean => reached.has(name) || reached.has(name.split(".")[0]!);
    expect(takers.exported.filter(({ name }) => !isHeld(name))).toEqual([]);
    expect(takers.exported.length).toBeGreaterThan(120);
  });

  it("names nothing that is gone, and nothing both held and exempt", () => {
    expect([...covered, ...exempt].filter((name) => !takers.names.has(name))).toEqual([]);
    expect([...covered].filter((name) => exempt.has(name))).toEqual([]);
  });

  it("reaches each function that a subject says it holds from the file of that subject", () => {
    const unreached = Object.entries(PARTS).flatMap(([part, subjects]) => {
      const reached = takers.reachedFrom([part, "worldKnownBy"]); // the harness itself makes the stores
      // Methods have no name of their own among declarations: any of that name will do.
      const called = new Set([...reached].map((name) => name.split(" ").at(-1)!));
      const isReached = (name: string): boolean => reached.has(name) || called.has(name.split(".")[1] ?? "");
      return subjects.flatMap(({ name, covers }) =>
        covers.filter((one) => !isReached(one)).map((one) => `${name}: ${one}`),
      );
    });
    expect(unreached).toEqual([]);
  });

  it("has one name per subject and a reason for each kind of garbage left out", () => {
    expect(new Set(REGISTRY.map(({ name }) => name)).size).toBe(REGISTRY.length);
    const unreasoned = REGISTRY.filter((one) => one.garbage && !one.garbageBecause);
    expect(unreasoned.map(({ name }) => name)).toEqual([]);
  });
});

describe("what finds functions that take history", () => {
  const at = temporaryFolder();
  afterAll(() => at.remove());

  it("sees candles through options, unions and batches, methods of what is handed out, and who calls whom", () => {
    mkdirSync(path.join(at.path, "inner"));
    writeFileSync(
      path.join(at.path, "index.ts"),
      `export interface CandleSeries { readonly close: Float64Array }
      export interface Options { readonly among?: readonly (CandleSeries | null)[] }
      export interface Memory { query(k: number): number; readonly size: number }
      export function peek(candles: CandleSeries): number { return helper(candles); }
      function helper(candles: CandleSeries): number { return inside(candles); }
      export const deep = (options: { readonly a: Options }): number => options.a.among?.length ?? 0;
      export function opened(path: string): Memory { return { query: (k) => k, size: path.length }; }
      export function plain(t: number): number { return t; }
      export class Agent { ask(by: Readonly<Record<string, CandleSeries>>): number { return Object.keys(by).length; } }
      import { inside } from "./inner/inside.ts";`,
    );
    writeFileSync(
      path.join(at.path, "inner/inside.ts"),
      `import type { CandleSeries } from "../index.ts";
      export function inside(candles: CandleSeries): number { return candles.close.length; }
      export function forgotten(candles: readonly CandleSeries[]): number { return candles.length; }`,
    );
    const folder = `${at.path}/`;
    const found = historyTakers(path.join(at.path, "index.ts"), folder, compilerOptions(), () => true);
    expect(found.published.map(({ name }) => name)).toEqual(["Agent.ask", "Memory.query", "deep", "peek"]);
    expect(found.exported).toContainEqual({ name: "forgotten", path: "inner/inside.ts" });
    const reached = found.reachedFrom(["peek"]);
    expect([reached.has("inside"), reached.has("forgotten")]).toEqual([true, false]);
  });
});

describe("the law of time", () => {
  const tallies = new Map<string, Map<string, number>>();

  async function violationsOf(history: History, number: number): Promise<unknown> {
    const report = await checkHistory(history, REGISTRY, { number });
    for (const [name, tally] of report.tallies) add(name, tally);
    return report.violations;
  }

  function add(name: string, { values }: SubjectTally): void {
    const known = tallies.get(name) ?? new Map<string, number>();
    tallies.set(name, known);
    for (const [column, count] of values) known.set(column, (known.get(column) ?? 0) + count);
  }

  it("is obeyed by all of them on an hourly history with a correction and a late bar", async () => {
    const own = syntheticCandles({ seed: 7, rows: 496, timeframe: "1h", gapShare: 0.01 });
    const history = { facts: [corrected(own)], timeframes: ["1h", "4h", "1d"], seed: 12, about: "" };
    expect(await violationsOf(history, 0)).toEqual([]);
  }, 180_000);

  it("is obeyed by what costs little over two years of shares", async () => {
    const calendar = calendarByName("us-equities");
    const own = syntheticCandles({ seed: 8, rows: 520, timeframe: "1d", calendar });
    const history = { facts: [factsOfSeries(own)], timeframes: ["1d", "1w", "1mo"], seed: 3, about: "" };
    expect(await violationsOf(history, 1)).toEqual([]);
  });

  it("was put to the test in every column of every subject", () => {
    expect(REGISTRY.map(({ name }) => name).filter((name) => !tallies.has(name))).toEqual([]);
    const idle = [...tallies].flatMap(([name, columns]) =>
      [...columns].filter(([, count]) => count === 0).map(([column]) => `${name}: ${column}`),
    );
    expect(idle).toEqual([]);
  });

  it.skipIf(data.skip).each([
    ["fx/EURUSD-1h.csv.gz", "1h", ["1h", "4h", "1d"], "fx", "2021-03-26T12:00Z"],
    ["crypto/BTCUSDT-5m.csv.gz", "5m", ["5m", "30m", "1h"], "24x7", "2021-12-31T20:00Z"],
    ["equities/SPY-1d.csv.gz", "1d", ["1d", "1w", "1mo"], "us-equities", "2019-10-01T00:00Z"],
  ])("is obeyed on real candles: %s", async (file, timeframe, timeframes, calendar, from) => {
    const series = await realRows(file, timeframe, calendar, Date.parse(from));
    expect(
      await violationsOf({ facts: [factsOfSeries(series)], timeframes, seed: 5, about: file }, 0),
    ).toEqual([]);
  });
});

/** The same candles with one bar revised a day later, and one that came half a day late. */
function corrected(series: CandleSeries): CandleFacts {
  const facts = factsOfSeries(series);
  const { knownAt, late } = facts;
  knownAt[200] = knownAt[212]! + 7;
  late[200] = 1;
  const rows = Int32Array.from([...knownAt.keys(), 100].sort((a, b) => a - b));
  const both = takeFacts(facts, rows);
  both.knownAt[101] = knownAt[124]! + 11;
  both.close[101] = both.high[101]!;
  both.late[101] = 1;
  return both;
}

/** Some real candles around an instant. */
async function realRows(
  file: string,
  timeframe: string,
  calendar: string,
  from: number,
): Promise<CandleSeries> {
  const read = await readCandles([path.join(process.env["RHYME_DATA"]!, file)], {
    ...{ timeframe, calendar: calendarByName(calendar), now: Date.UTC(2026, 0, 1) },
  });
  const first = read.series.openTime.findIndex((t) => t >= from);
  return sliceRows(read.series, first, first + 100);
}
