import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { qualityReport } from "../../candles/quality-report.ts";
import { needs } from "../../testing/require.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { calendarByName } from "../../time/calendars.ts";
import { readCandles, type ReadCandlesOptions } from "../files/read-candles.ts";
import { checkPage, type CheckedSeries } from "./check-page.ts";
import { PAGE_STYLE } from "./page-style.ts";

const NOW = Date.UTC(2025, 0, 1);
const T = Date.UTC(2024, 0, 2);
const STEP = 300_000;
const HEADER = "timestamp,open,high,low,close,volume";
const EVIL = `</script><img src=x onerror="alert(1)">'"&`;

let folder: TemporaryFolder;
beforeAll(() => void (folder = temporaryFolder()));
afterAll(() => folder.remove());

/** Rows of a quiet market; `odd` says what stands in a slot instead, null for nothing. */
function rows(count: number, odd: Readonly<Record<number, string | null>> = {}): string[] {
  return Array.from({ length: count }, (_, i) => i).flatMap((i) => {
    const said = odd[i];
    if (said === null) return [];
    return [
      said ?? `${T + i * STEP},${100 + (i % 7)},${109 + (i % 5)},${95 - (i % 3)},${101 + (i % 6)},${5 + i}`,
    ];
  });
}

async function check(
  name: string,
  lines: readonly string[],
  options: Partial<ReadCandlesOptions> = {},
): Promise<CheckedSeries> {
  const file = join(folder.path, name);
  writeFileSync(file, `${[HEADER, ...lines].join("\n")}\n`);
  const read = await readCandles([file], { now: NOW, ...options });
  return { ...read, files: [file], report: qualityReport(read.series, read.ledger, read.findings) };
}

/** Whether the text holds the pattern: a failure must not print two megabytes. */
function holds(text: string, pattern: RegExp | string): boolean {
  return typeof pattern === "string" ? text.includes(pattern) : pattern.test(text);
}

function withoutLibrary(text: string): string {
  return text.replace(/(id="plotly">)[^<]*/, "$1");
}

function bodyOf(text: string): string {
  return text.slice(text.indexOf("<main"), text.indexOf("</main>"));
}

function sectionOf(text: string, id: string): string {
  return new RegExp(`<section id="${id}".*?</section>`, "s").exec(text)![0];
}

const HIGH_BELOW = (i: number): string => `${T + i * STEP},100,90,80,101,5`;

/** One of many kinds of defects each. */
async function spoilt(): Promise<CheckedSeries> {
  const odd = {
    20: null,
    40: HIGH_BELOW(40),
    60: "not,a,candle,at,all,!",
    80: `${T + 80 * STEP},100000,100000,100,101,5`,
    100: `${T + 100 * STEP},-1,3,1,2,5`,
    120: `${T + 119 * STEP},1,3,1,2,5`,
    140: `${T + 70 * STEP},100,109,95,101,75`,
  };
  return check("BTC-5m.csv", rows(200, odd));
}

describe("page of a check", () => {
  it("is one file that asks for nothing from outside", async () => {
    const page = checkPage({ checked: [await spoilt()] });
    expect(holds(withoutLibrary(page), /https?:|\bsrc=|@import|url\(|fetch\(|<link/)).toBe(false);
    expect(holds(page, "default-src &#39;none&#39;")).toBe(true);
  });

  it("is the same text for the same input", async () => {
    const one = checkPage({ checked: [await spoilt()] });
    expect(checkPage({ checked: [await spoilt()] }) === one).toBe(true);
  });

  it("shows every finding of every kind, with its place, value and what was done", async () => {
    const checked = await spoilt();
    const page = checkPage({ checked: [checked] });
    const kinds = new Set(checked.findings.map(({ kind }) => kind));
    expect(kinds.size).toBeGreaterThan(5);
    for (const kind of kinds) {
      const own = checked.findings.filter((finding) => finding.kind === kind);
      const text = sectionOf(page, `s0-${kind}`);
      expect(text.match(/<figure class="finding">/g), kind).toHaveLength(own.length);
      for (const { line, done } of own) {
        expect(holds(text, `BTC-5m.csv:${line}<`), `${kind} ${line}`).toBe(true);
        expect(holds(text, `>${done}<`), kind).toBe(true);
      }
    }
    expect(holds(bodyOf(page), /undefined|NaN|\[object|Infinity/)).toBe(false);
  });

  it("answers its question in words", async () => {
    const bad = checkPage({ checked: [await spoilt()] });
    expect(holds(bad, "<title>Is BTC 5m sound?</title>")).toBe(true);
    expect(
      holds(bad, /\d errors: data that contradicts itself, \d+ warnings?; \d bars of 200 are missing/),
    ).toBe(true);
    const sound = checkPage({ checked: [await check("ETH-5m.csv", rows(50))] });
    expect(holds(sound, "Nothing contradicts itself; no bar is missing.")).toBe(true);
    expect(holds(sound, "Nothing was found.")).toBe(true);
  });

  it("draws no more large pictures than asked for, and the others small in a table with their count", async () => {
    const odd = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [5 * i + 3, HIGH_BELOW(5 * i + 3)]));
    const checked = await check("BTC-5m.csv", rows(200, odd));
    const text = sectionOf(checkPage({ checked: [checked], show: 10 }), "s0-price-contradiction");
    expect(text.match(/<figure class="finding">/g)).toHaveLength(10);
    expect(text.match(/class="small"/g)).toHaveLength(20);
    expect(holds(text, "20 further findings in a table")).toBe(true);
    expect(holds(text, /The first 10 as pictures \(--show says how many\), then 20 in a table/)).toBe(true);
    for (const { line } of checked.findings.filter(({ kind }) => kind === "price-contradiction"))
      expect(holds(text, `BTC-5m.csv:${line}<`)).toBe(true);
  });

  it("counts what it does not list, and stays small with thousands of findings", async () => {
    const odd = Object.fromEntries(
      Array.from({ length: 6000 }, (_, i) => [2 * i + 1, HIGH_BELOW(2 * i + 1)]),
    );
    const page = checkPage({ checked: [await check("BTC-5m.csv", rows(12_000, odd))] });
    const text = sectionOf(page, "s0-price-contradiction");
    expect(text.match(/<figure class="finding">/g)).toHaveLength(60);
    expect(text.match(/class="small"/g)).toHaveLength(2000);
    expect(holds(text, /And 3,940 more, which would make this page too large: <code>--json<\/code>/)).toBe(
      true,
    );
    expect(page.length).toBeLessThan(8_000_000);
  });

  it("marks the row in question, says a price that is far off, and shows both sides of a hole", async () => {
    const page = checkPage({ checked: [await spoilt()] });
    const lost = sectionOf(page, "s0-lost-decimal-point");
    expect(holds(lost, /<g class="own">/)).toBe(true);
    expect(holds(lost, "↑ 100,000")).toBe(true);
    const hole = sectionOf(page, "s0-missing-bars");
    expect(holds(hole, /<rect class="hole".*?1 bar missing/)).toBe(true);
    const back = sectionOf(page, "s0-unsorted");
    expect(holds(back, "5 h 45 min back")).toBe(true);
  });

  it("shows a repaired row beside what stands there now, with the rule", async () => {
    const repair = ["price-contradiction"] as const;
    const page = checkPage({
      checked: [await check("R-5m.csv", rows(60, { 30: HIGH_BELOW(30) }), { repair })],
    });
    const text = sectionOf(page, "s0-price-contradiction");
    expect(holds(text, '<g class="stands">')).toBe(true);
    expect(holds(text, "Repaired, as asked: high and low are widened to include open and close.")).toBe(true);
    expect(holds(page, "Nothing contradicts itself, 1 finding repaired by a rule that was asked for")).toBe(
      true,
    );
  });

  it("draws all prices and findings in colours that the style sheet names", async () => {
    const page = checkPage({ checked: [await spoilt()] });
    const figures = JSON.parse(/id="figures">(.*?)<\/script>/s.exec(page)![1]!) as Record<string, object>;
    expect(Object.keys(figures)).toEqual(["chart-s0"]);
    expect(holds(page, 'id="chart-s0"')).toBe(true);
    const tokens = new Set(
      JSON.stringify(figures)
        .match(/"\$\w+"/g)!
        .map((token) => token.slice(2, -1)),
    );
    for (const token of tokens) expect(PAGE_STYLE).toContain(`--${token}:`);
  });

  it("escapes whatever came from outside", async () => {
    const one = await spoilt();
    const evil: CheckedSeries = {
      ...one,
      files: [EVIL],
      assumptions: [EVIL],
      series: { ...one.series, symbol: EVIL, source: EVIL },
      raw: { ...one.raw, files: [EVIL] },
      findings: one.findings.map((finding) => ({ ...finding, file: EVIL, value: EVIL })),
    };
    const page = checkPage({ checked: [evil], show: 0 }) + checkPage({ checked: [evil, evil] });
    expect(holds(withoutLibrary(page), "<img")).toBe(false);
    expect(page.match(/<script/g)).toHaveLength(6);
    expect(page.match(/<\/script/g)).toHaveLength(6);
  });

  it("holds several series, each with a name, ids and files of its own", async () => {
    const page = checkPage({ checked: [await spoilt(), await check("ETH-5m.csv", rows(50, { 9: null }))] });
    expect(holds(page, "<title>Are these 2 series sound?</title>")).toBe(true);
    expect(holds(page, 'href="#s1"')).toBe(true);
    expect(holds(sectionOf(page, "s1-missing-bars"), ">ETH-5m.csv:10<")).toBe(true);
    const ids = [...bodyOf(page).matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("does without a single candle that can be kept", async () => {
    const page = checkPage({
      checked: [
        await check(
          "BTC-5m.csv",
          rows(6, {
            0: HIGH_BELOW(0),
            1: HIGH_BELOW(1),
            2: HIGH_BELOW(2),
            3: HIGH_BELOW(3),
            4: HIGH_BELOW(4),
            5: HIGH_BELOW(5),
          }),
        ),
      ],
    });
    expect(sectionOf(page, "s0-price-contradiction").match(/<figure class="finding">/g)).toHaveLength(6);
    expect(holds(bodyOf(page), /undefined|NaN|\[object|Infinity/)).toBe(false);
  });

  const data = needs("data");
  it.skipIf(data.skip)("shows the holes of a real FX week and the lost points of a real file", async () => {
    const file = join(process.env["RHYME_DATA"]!, "defects", "EURUSD-mt5-1m-lost-decimal-point.csv.gz");
    const read = await readCandles([file], { now: NOW, calendar: calendarByName("fx") });
    const report = qualityReport(read.series, read.ledger, read.findings);
    const page = checkPage({ checked: [{ ...read, files: [file], report }] });
    const text = sectionOf(page, "s0-lost-decimal-point");
    expect(text.match(/<figure class="finding">|class="small"/g)).toHaveLength(326);
    expect(text.match(/class="off"[^>]*>↑ 1,0/g)!.length).toBe(60);
  });
});
