import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import { buildGraphFromOhlcv } from "../../graph/window-graph.ts";
import { pathAround } from "../../recall/paths.ts";
import { answerFixture, type AnswerFixture } from "../../testing/answer-fixture.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { calendarByName } from "../../time/calendars.ts";
import type { CandleSeries } from "../../candles/candle-series.ts";
import { answerPage, type AnswerPageInput } from "./answer-page.ts";
import { PAGE_STYLE } from "./page-style.ts";

const calendar = calendarByName("us-equities");
const candles = syntheticCandles({ seed: 11, rows: 900, timeframe: "1d", calendar, symbol: "SPX" });
const EVIL = `</script><img src=x onerror="alert(1)">'"&`;

function inputFor(
  series: CandleSeries,
  timeframes: string[],
  options: Omit<AnswerFixture, "candles">,
): AnswerPageInput {
  const answer = answerFixture({ candles: series, ...options });
  const anchor = Date.parse(answer.question.anchor);
  const all = byTimeframe(series, timeframes);
  const bars = options.bars ?? 21;
  const before = pathAround(series, anchor, { before: 2 * bars, after: 0 })!;
  const after = pathAround(series, anchor, { before: 0, after: bars });
  const paths = Object.fromEntries(
    answer.neighbours.map((n) => [
      n.id,
      pathAround(series, Date.parse(n.anchor), { before: 2 * bars, after: bars })!,
    ]),
  );
  return {
    answer,
    candles: all,
    paths,
    question: { before, after },
    graph: buildGraphFromOhlcv(all, { asOf: anchor }),
    notes: ["Fitted on what was known by 2009."],
  };
}

const input = inputFor(candles, ["1d", "1w", "1mo"], { row: 800 });
const page = answerPage(input);

/** Whether the text holds the pattern: a failure must not print two megabytes. */
function holds(text: string, pattern: RegExp | string): boolean {
  return typeof pattern === "string" ? text.includes(pattern) : pattern.test(text);
}

function figuresOf(
  text: string,
): Record<string, { data: { name?: string; meta?: string }[]; layout: object }> {
  return JSON.parse(/id="figures">(.*?)<\/script>/s.exec(text)![1]!);
}

/** The page without the library, in which URLs are data. */
function withoutLibrary(text: string): string {
  return text.replace(/(id="plotly">)[^<]*/, "$1");
}

/** What people see, without style and script. */
function bodyOf(text: string): string {
  return text.slice(text.indexOf("<main"), text.indexOf("</main>"));
}

describe("answer page", () => {
  it("is one file that asks for nothing from outside", () => {
    expect(page.length).toBeLessThan(2_500_000);
    expect(holds(withoutLibrary(page), /https?:|\bsrc=|@import|url\(|fetch\(|<link/)).toBe(false);
    expect(holds(page, "default-src &#39;none&#39;")).toBe(true);
  });

  it("carries the charting library, byte for byte", () => {
    const packed = /id="plotly">([^<]*)</.exec(page)![1]!.trim();
    const file = createRequire(import.meta.url).resolve("plotly.js-dist-min/plotly.min.js");
    expect(gunzipSync(Buffer.from(packed, "base64")).equals(readFileSync(file))).toBe(true);
  });

  it("is the same text for the same input", () => {
    expect(answerPage(input) === page).toBe(true);
  });

  it("says above all that it was asked with later knowledge, where it was", () => {
    const question = { ...input.answer.question, asOf: "2025-01-02T21:00:00Z" };
    const later = { revision: 1, corrections: ["2024-12-30T12:00:00Z"] };
    const body = bodyOf(answerPage({ ...input, answer: { ...input.answer, question, later } }));
    expect(holds(body, /<b>Asked with later knowledge<\/b>: what was known by 2 January 2025/)).toBe(true);
    expect(holds(body, "corrected once by then (on 30 December 2024")).toBe(true);
    expect(holds(bodyOf(page), "later knowledge")).toBe(false);
  });

  it("asks the question as its headline and answers in words", () => {
    const title = /<title>(.*?)<\/title>/.exec(page)![1];
    expect(title).toMatch(/^What rhymes with \d+ \w+ 20\d\d in SPX\?$/);
    expect(holds(page, /expect a change between [+−]\d+\.\d% and [+−]\d+\.\d%/)).toBe(true);
    expect(holds(page, "It is not investment advice.")).toBe(true);
    expect(holds(page, "Fitted on what was known by 2009.")).toBe(true);
  });

  it("draws paths, fan and graph, in colours that the style sheet names", () => {
    const figures = figuresOf(page);
    expect(Object.keys(figures)).toEqual(["chart-paths", "chart-fan", "chart-graph"]);
    for (const id of Object.keys(figures)) expect(holds(page, `id="${id}"`), id).toBe(true);
    const tokens = new Set(
      JSON.stringify(figures)
        .match(/"\$\w+"/g)!
        .map((token) => token.slice(2, -1)),
    );
    expect(tokens.size).toBeGreaterThan(5);
    for (const token of tokens) expect(PAGE_STYLE).toContain(`--${token}:`);
    const ids = figures["chart-paths"]!.data.map((trace) => trace.meta).filter((meta) => meta !== undefined);
    expect(new Set(ids)).toEqual(new Set(input.answer.neighbours.map((n) => n.id)));
  });

  it("shows only candles that were known at the anchor", () => {
    const last = [...page.matchAll(/class="dates"><span>[^<]*<\/span><span>([^<]*)</g)].map(
      (match) => match[1]!,
    );
    expect(last).toHaveLength(3);
    for (const date of last)
      expect(Date.parse(`${date} UTC`)).toBeLessThanOrEqual(Date.parse(input.answer.question.anchor));
    const later = candles.openTime[801]!;
    const garbage = {
      ...candles,
      close: candles.close.map((c, i) => (candles.openTime[i]! >= later ? 1 : c)),
    };
    const panels = (text: string): string => /id="before".*?<\/section>/s.exec(text)![0];
    const spoilt = answerPage({ ...input, candles: byTimeframe(garbage, ["1d", "1w", "1mo"]), graph: null });
    expect(panels(spoilt)).toBe(panels(page));
  });

  it("says plainly that recall adds nothing, and as plainly that it adds something", () => {
    expect(holds(page, "Recall adds nothing here.")).toBe(true);
    expect(holds(page, "Recall adds something here.")).toBe(false);
    const better = answerPage({ ...input, answer: answerFixture({ candles, row: 800, better: true }) });
    expect(holds(better, "Recall adds something here.")).toBe(true);
    expect(holds(better, "Recall adds nothing here.")).toBe(false);
  });

  it("states no range when it abstains, but its reason and the neighbours", () => {
    const answer = answerFixture({ candles, row: 800, reason: "nothing in memory is near" });
    const abstained = answerPage({ ...input, answer });
    expect(holds(abstained, "Nothing in memory is near.")).toBe(true);
    expect(holds(abstained, 'class="strip"')).toBe(false);
    expect(figuresOf(abstained)).not.toHaveProperty("chart-fan");
    expect(abstained.match(/<tr data-id=/g)).toHaveLength(10);
  });

  it("shows a second answer as an example of abstaining", () => {
    const example = answerFixture({ candles, row: 700, reason: "the neighbours disagree" });
    const text = answerPage({ ...input, example: { answer: example, title: "An example of abstaining" } });
    expect(holds(text, "An example of abstaining")).toBe(true);
    expect(holds(text, "The neighbours disagree.")).toBe(true);
  });

  it("does without what is not known: outcome, record, neighbours, graph, forecast", () => {
    const answer = { ...input.answer, happened: null, trust: null, neighbours: [], forecast: null };
    const bare = answerPage({
      ...input,
      answer,
      graph: null,
      question: { ...input.question, after: null },
      notes: [],
    });
    expect(holds(bare, "had not ended in this data")).toBe(true);
    expect(holds(bare, "There is no record")).toBe(true);
    expect(Object.keys(figuresOf(bare))).toEqual(["chart-fan"]);
    expect(holds(bodyOf(bare), /undefined|NaN|\[object/)).toBe(false);
    expect(holds(bodyOf(page), /undefined|NaN|\[object/)).toBe(false);
  });

  it("names the calendar in the command where the market closes", () => {
    expect(holds(page, "--calendar us-equities \\")).toBe(true);
  });

  it("says over what the realised volatility was, and that it is not annualised", () => {
    expect(
      holds(bodyOf(page), /realised volatility <small[^>]*>over those 21 trading days, not annualised</),
    ).toBe(true);
  });

  it("shows scores as differences from the best baseline, beside the scores", () => {
    const rows = /class="scores".*?<\/table>/s.exec(page)![0].replaceAll(/\s+/g, " ");
    expect(rows).toMatch(/Rhyme.*\+0\.5%.*1\.980.*best baseline.*1\.970.*\+3\.6%.*2\.040/);
  });

  it("escapes whatever came from outside", () => {
    const { answer } = input;
    const evil = answerPage({
      ...input,
      symbolName: EVIL,
      notes: [EVIL],
      answer: {
        ...answer,
        question: { ...answer.question, symbol: EVIL, source: EVIL, tenant: EVIL },
        encoder: { ...answer.encoder, version: EVIL, hindsight: true },
        neighbours: answer.neighbours.map((n) => ({ ...n, symbol: EVIL, source: EVIL })),
        trust: { ...answer.trust!, sentence: EVIL, baselines: [{ name: EVIL, crps: 1 }] },
        reason: EVIL,
      },
      example: { answer: { ...answer, distribution: null, abstained: true, reason: EVIL }, title: EVIL },
    });
    expect(holds(withoutLibrary(evil), "<img")).toBe(false);
    expect(evil.match(/<script/g)).toHaveLength(3);
    expect(evil.match(/<\/script/g)).toHaveLength(3);
    expect(JSON.stringify(figuresOf(evil))).not.toContain("<img");
  });

  it("names an intraday moment with its clock and zone", () => {
    const intraday = syntheticCandles({ seed: 3, rows: 900, symbol: "BTCUSDT" });
    const text = answerPage(inputFor(intraday, ["5m", "30m", "1h"], { row: 800, bars: 48, horizon: "4h" }));
    expect(holds(text, /<title>What rhymes with \d+ January 2021, \d\d:\d\d UTC in BTCUSDT\?/)).toBe(true);
    expect(holds(text, "Over the next 4 hours")).toBe(true);
    expect(holds(text, '"hours before and after"')).toBe(true);
    expect(holds(text, "trading day")).toBe(false);
    expect(holds(text, "--calendar")).toBe(false);
  });
});
