import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CandleSeries } from "../../lib/candles/candle-series.ts";
import { sliceRows } from "../../lib/candles/slice.ts";
import { answerSchema, type Answer } from "../../lib/recall/answer.ts";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { iso } from "../../lib/time/units.ts";

// The commands as a user runs them, on candles that the shipped encoder fits.

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FLAGS = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning", MAIN];
const START = Date.UTC(2023, 6, 3);
const candles = syntheticCandles({ seed: 3, rows: 4_000, start: START, symbol: "S" });
const at = temporaryFolder();
const file = path.join(at.path, "S-5m.csv");
const memory = path.join(at.path, "memory");

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function rhyme(...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS, ...args], {
    encoding: "utf8",
    cwd: at.path,
    env: { ...process.env, NO_COLOR: "1" },
  });
  return { code: status ?? -1, stdout, stderr };
}

function csv(series: CandleSeries): string {
  const { openTime, open, high, low, close, volume } = series;
  const rows = Array.from(openTime, (t, i) => [t, open[i], high[i], low[i], close[i], volume[i]].join());
  return ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n");
}

const REMEMBER = ["--symbol", "S", "--timeframes", "5m,30m,1h,4h", "--horizons", "1h"];
const remember = (from: string, into: string, ...more: string[]): Ran =>
  rhyme("remember", from, ...REMEMBER, "--memory", into, ...more);
const ask = (from: string, ...more: string[]): Ran =>
  rhyme("ask", "--memory", from, "--symbol", "S", "--horizon", "1h", ...more);
const answerOf = (ran: Ran): Answer => answerSchema.parse(JSON.parse(ran.stdout));

interface Remembered {
  readonly series: readonly { readonly symbol: string; readonly assumptions: readonly string[] }[];
}

let first: Ran;
beforeAll(() => {
  writeFileSync(file, csv(candles));
  first = remember(file, memory, "--json");
});
afterAll(() => at.remove());

describe("remember and ask", () => {
  it("remembers with the shipped encoder, says what it assumed, and adds nothing the second time", () => {
    expect(first.stderr).not.toMatch(/error/);
    const said = JSON.parse(first.stdout) as Remembered;
    expect(said).toMatchObject({ encoder: { why: "shipped with Rhyme" } });
    expect(said.series).toMatchObject([{ symbol: "S", candles: { added: 4_000 } }]);
    expect(said.series[0]!.assumptions).toContainEqual(expect.stringMatching(/timestamps name the open/));
    const again = JSON.parse(remember(file, memory, "--json", "--quiet").stdout) as Remembered;
    expect(again.series).toMatchObject([{ candles: { added: 0 }, written: 0, labelled: { "1h": 0 } }]);
  });

  it("remembers several symbols at once, told apart by their files, and asks the past once all are in", () => {
    const other = path.join(at.path, "T-5m.csv");
    const both = path.join(at.path, "both");
    writeFileSync(other, csv(syntheticCandles({ seed: 4, rows: 4_000, start: START, symbol: "T" })));
    const options = ["--timeframes", "5m,30m,1h,4h", "--horizons", "1h", "--memory", both];
    const ran = rhyme("remember", file, other, ...options, "--json");
    const { series } = JSON.parse(ran.stdout) as Remembered;
    expect(series).toMatchObject([
      { symbol: "S", candles: { added: 4_000 } },
      { symbol: "T", candles: { added: 4_000 } },
    ]);
    const asked = ask(both);
    expect(asked.stderr).not.toMatch(/other moments/); // neither record is older than the other's moments
    const coarse = path.join(at.path, "T-30m.csv");
    writeFileSync(coarse, csv(syntheticCandles({ seed: 4, rows: 900, start: START, timeframe: "30m" })));
    expect(rhyme("remember", file, coarse, "--memory", both).stderr).toMatch(/expected +5m candles/);
    expect(rhyme("remember", other, coarse, "--memory", both).stderr).toMatch(/files of T in one timeframe/);
  });

  it("goes on with candles that were imported, as if their file had been read", () => {
    const [table, copy] = [path.join(at.path, "S.parquet"), path.join(at.path, "copy")];
    const out = ["--what", "candles", "--out", table];
    expect(rhyme("export", "--memory", memory, ...out).code).toBe(0);
    expect(rhyme("import", table, "--memory", copy).stderr).toMatch(
      /remember --memory \S+copy --symbol S goes on/,
    );
    const ran = rhyme("remember", "--memory", copy, ...REMEMBER, "--json");
    expect(JSON.parse(ran.stdout)).toMatchObject({ series: [{ symbol: "S", candles: { added: 0 } }] });
    const moment = ["--at", iso(candles.knownAt[3_500]!), "--json"];
    expect(answerOf(ask(copy, ...moment))).toEqual(answerOf(ask(memory, ...moment)));
    const nothing = rhyme("remember", "--memory", copy, "--symbol", "T");
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringMatching(/of T that it holds/)]);
    expect(rhyme("remember", "--memory", path.join(at.path, "nowhere")).code).toBe(2);
    expect(existsSync(path.join(at.path, "nowhere"))).toBe(false);
  });

  it("refuses errors under --strict, and repairs only what is named, on record", () => {
    const broken = path.join(at.path, "B-5m.csv");
    const low = candles.low.map((x, i) => (i === 700 ? candles.high[i]! * 1.001 : x));
    writeFileSync(broken, csv({ ...candles, low }));
    const into = path.join(at.path, "repaired");
    const options = ["--timeframes", "5m,30m,1h,4h", "--horizons", "1h", "--memory", into, "--json"];
    const strict = rhyme("remember", broken, ...options, "--strict");
    expect([strict.code, strict.stderr]).toEqual([2, expect.stringMatching(/B-5m\.csv:702/)]);
    expect(existsSync(into)).toBe(false);
    const ran = rhyme("remember", broken, ...options, "--strict", "--repair", "price-contradiction");
    expect(JSON.parse(ran.stdout)).toMatchObject({ series: [{ candles: { added: 4_000 } }] });
    const inside = JSON.parse(rhyme("memory", "--memory", into, "--json").stdout) as object;
    expect(inside).toMatchObject({
      ingests: [{ repairs: { "price-contradiction": 1 }, command: "remember" }],
    });
  });

  it("answers as JSON of the schema, one document on stdout", () => {
    const ran = ask(memory, "--at", iso(candles.knownAt[3_500]!), "--json", "--k", "5");
    const answer = answerOf(ran);
    expect(ran.code).toBe(0);
    expect(answer.question).toMatchObject({ symbol: "S", anchor: iso(candles.knownAt[3_500]!), k: 5 });
    expect(answer.neighbours).toHaveLength(5);
    expect(answer.neighbours.every((n) => n.matureAt <= answer.question.asOf)).toBe(true);
    expect(answer.neighbours.reduce((sum, n) => sum + n.weight, 0)).toBeCloseTo(1, 12);
    expect(answer.happened).not.toBeNull();
  });

  it("gives the same answer when history ends at the moment asked about, but for what happened", () => {
    const cut = path.join(at.path, "cut.csv");
    const short = path.join(at.path, "cut-memory");
    writeFileSync(cut, csv(sliceRows(candles, 0, 3_501)));
    expect(remember(cut, short, "--quiet").code).toBe(0);
    const whole = answerOf(ask(memory, "--at", iso(candles.knownAt[3_500]!), "--json"));
    const early = answerOf(ask(short, "--json"));
    expect(early.happened).toBeNull();
    expect({ ...whole, happened: null }).toEqual(early); // the id among it
  });

  it("gives the same answer after a correction arrived, and answers on about every later moment", () => {
    const corrected = path.join(at.path, "corrected");
    expect(remember(file, corrected, "--quiet").code).toBe(0);
    const high = candles.high.map((x) => x * 1.5);
    writeFileSync(path.join(at.path, "fix.csv"), csv(sliceRows({ ...candles, high }, 3_000, 3_001)));
    const ran = remember(path.join(at.path, "fix.csv"), corrected, "--timeframe", "5m");
    expect(ran.stderr).toMatch(/came late/);
    for (const row of [2_990, 3_100, 3_500]) {
      const moment = ["--at", iso(candles.knownAt[row]!), "--json"];
      expect(answerOf(ask(corrected, ...moment))).toEqual(answerOf(ask(memory, ...moment)));
    }
  });

  it("leaves the bars out of which a file holds a part, so that no fragment corrects a whole one", () => {
    const [whole, tail] = [path.join(at.path, "R-5m.csv"), path.join(at.path, "later", "R-5m.csv")];
    mkdirSync(path.dirname(tail), { recursive: true });
    writeFileSync(whole, csv(candles));
    writeFileSync(tail, csv(sliceRows(candles, 3_502, 3_590))); // from within a half hour to within one
    const into = ["--memory", path.join(at.path, "fragments"), "--horizons", "4h"];
    const every = ["--timeframes", "30m", "--fit-until", "2023-07-16T00:00Z", ...into, "--json"];
    expect(JSON.parse(rhyme("remember", whole, ...every).stdout)).toMatchObject({
      series: [{ symbol: "R" }],
    });
    const again = JSON.parse(rhyme("remember", tail, "--timeframe", "5m", ...every).stdout) as Remembered;
    expect(again.series).toMatchObject([{ candles: { added: 0, corrected: 0, late: false } }]);
    expect(again.series[0]!.assumptions).toContainEqual(
      expect.stringMatching(/left out, for the files hold a part/),
    );
  });

  it("makes a record anew once a member was forgotten and remembered otherwise", () => {
    const [other, into] = [path.join(at.path, "T-5m.csv"), path.join(at.path, "members")];
    const options = ["--timeframes", "5m,30m,1h,4h", "--horizons", "1h", "--memory", into];
    const t = syntheticCandles({ seed: 4, rows: 4_000, start: START, symbol: "T" });
    writeFileSync(other, csv(t));
    expect(rhyme("remember", file, other, ...options).code).toBe(0);
    expect(rhyme("forget", "--memory", into, "--symbol", "T", "--yes").code).toBe(0);
    writeFileSync(other, csv(sliceRows(t, 1_500, 4_000))); // the same newest moment, another past
    expect(rhyme("remember", other, ...options).code).toBe(0);
    expect(ask(into).stderr).toMatch(/other moments of T of file/);
  });

  it("reads finer files than asked for, and refuses coarser ones", () => {
    const coarse = path.join(at.path, "coarse");
    const ran = rhyme("remember", file, "--memory", coarse, "--timeframes", "30m,4h", "--horizons", "4h");
    expect(ran.stderr).toMatch(/at least 500 30m candles known/); // resampled, and then too few to fit on
    const refused = rhyme("remember", file, "--memory", coarse, "--timeframes", "1m,5m");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/nothing finer than the 5m candles/);
  });

  it("prints a table for people and writes a page that asks nobody for anything", () => {
    const page = path.join(at.path, "answer.html");
    const ran = ask(memory, "--html", page);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/What rhymes with/);
    expect(ran.stdout).toMatch(/not investment advice/);
    expect(readFileSync(page, "utf8")).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/);
  });
});

describe("bad input ends with exit 2 and one message that says what to do", () => {
  const text = (name: string, content: string | Uint8Array): string => {
    const made = path.join(at.path, name);
    writeFileSync(made, content);
    return made;
  };
  const fresh = path.join(at.path, "never-made");
  const cases: [string, () => Ran, RegExp][] = [
    ["an empty file", () => remember(text("empty.csv", ""), fresh), /empty\.csv/],
    [
      "a header only",
      () => remember(text("header.csv", "timestamp,open,high,low,close\n"), fresh),
      /header\.csv/,
    ],
    ["a binary file", () => remember(text("x.csv", Uint8Array.of(0, 255, 1, 2, 0, 7)), fresh), /x\.csv/],
    ["no such file", () => remember(path.join(at.path, "none.csv"), fresh), /none\.csv/],
    ["a folder", () => remember(at.path, fresh), /folder|directory/],
    ["an unknown timeframe", () => remember(file, fresh, "--timeframes", "5m,7q"), /7q/],
    ["timeframes that do not nest", () => remember(file, fresh, "--timeframes", "5m,7m"), /7m/],
    ["a horizon shorter than a bar", () => remember(file, fresh, "--horizons", "1m"), /1m/],
    ["a moment before warm-up", () => ask(memory, "--at", iso(candles.knownAt[5]!)), /warm-up/],
    ["a moment long after the end", () => ask(memory, "--at", "2024-05-01T00:00Z"), /bars missing/],
    ["a time without zone", () => ask(memory, "--at", "2023-07-10T00:00"), /zone/],
    ["k larger than the memory", () => ask(memory, "--k", "100000"), /at most/],
    ["symbols that are not there", () => ask(memory, "--among", "S,SPX"), /SPX/],
    ["a horizon that is not kept", () => ask(memory, "--horizon", "4h"), /1h/],
    ["no such memory", () => ask(fresh), /no such folder/],
    ["an unknown symbol", () => ask(memory, "--symbol", "T"), /--symbol S/],
    ["an unknown tenant", () => ask(memory, "--tenant", "nobody"), /a tenant of this memory: default/],
    ["no encoder there", () => remember(file, fresh, "--encoder", at.path), /encoder\.json/],
  ];
  it.each(cases)("%s", (_name, run, message) => {
    const { code, stdout, stderr } = run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |bug of rhyme/);
  });

  it("and leaves nothing in an empty folder, nor one behind", () => {
    const empty = path.join(at.path, "empty-folder");
    mkdirSync(empty);
    expect(remember(file, empty, "--encoder", at.path).code).toBe(2);
    expect(readdirSync(empty)).toEqual([]);
    expect(existsSync(fresh) ? readdirSync(fresh) : []).toEqual([]);
  });

  it("also where the memory's file is damaged", () => {
    const broken = path.join(at.path, "broken");
    mkdirSync(broken);
    writeFileSync(path.join(broken, "rhyme.sqlite"), new Uint8Array(8_192).fill(7));
    const { code, stderr } = ask(broken);
    expect(code).toBe(2);
    expect(stderr).toMatch(/broken/);
  });
});
