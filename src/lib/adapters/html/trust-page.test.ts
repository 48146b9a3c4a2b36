import { describe, expect, it } from "vitest";
import type { TrustReport } from "../../evaluation/trust/trust-report.ts";
import { trustFixture } from "../../testing/trust-fixture.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { trustPage, type Look } from "./trust-page.ts";

const EVIL = `</script><img src=x onerror="alert(1)">'"&`;
const report = trustFixture();
const looksOf = ({ best, worst }: TrustReport): Look[] =>
  [...best, ...worst].map((example) => ({
    example,
    before: [0.002, -0.001, 0.0005, 0],
    after: [0.0003, -0.0002, example.outcome.return],
  }));
const page = trustPage({ report, looks: looksOf(report), notes: ["Fitted on little."] });

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
  const found = new RegExp(`<section id="${id}".*?</section>`, "s").exec(text);
  return found![0].replaceAll(/\s+/g, " ").replaceAll(/ ?(<|>) ?/g, "$1");
}

function figuresOf(text: string): Record<string, { data: { name: string; y: (number | null)[] }[] }> {
  return JSON.parse(/id="figures">(.*?)<\/script>/s.exec(text)![1]!);
}

describe("trust page", () => {
  it("is one file that asks for nothing from outside", () => {
    expect(page.length).toBeLessThan(2_500_000);
    expect(holds(withoutLibrary(page), /https?:|\bsrc=|@import|url\(|fetch\(|<link/)).toBe(false);
  });

  it("is the same text for the same input", () => {
    expect(trustPage({ report, looks: looksOf(report), notes: ["Fitted on little."] }) === page).toBe(true);
  });

  it("leads with the verdict of the report, word for word", () => {
    expect(holds(page, "<title>How far can answers for the next 4 hours be trusted?</title>")).toBe(true);
    expect(holds(page, `<p class="deck">${report.sentence}</p>`)).toBe(true);
    expect(holds(page, "It is not investment advice.")).toBe(true);
    expect(holds(page, "Fitted on little.")).toBe(true);
  });

  it("shows every method beside the answer, with intervals, and marks the best of the others", () => {
    for (const label of ["return", "logAtrRatio"] as const) {
      const text = sectionOf(page, `scores-${label}`);
      for (const { name } of report.labels[label].methods)
        expect(holds(text, `<th scope="row">${name}<`), name).toBe(true);
      expect(text).toMatch(/the answer without recall<small class="best">best of the others/);
      expect(holds(text, "HAR<small")).toBe(false);
    }
    const text = sectionOf(page, "scores-return");
    expect(text).toMatch(
      /<tr class="own"><th scope="row">the answer<\/th><td>0\.4357<small>0\.4183 to 0\.4531/,
    );
    expect(text).toMatch(/0\.9970<small>0\.9910 to 1\.0030<\/small>/);
  });

  it("colours a comparison only where its interval leaves out 1", () => {
    const text = sectionOf(page, "scores-return");
    expect(text.match(/<span class="">/g)).toHaveLength(1);
    expect(text.match(/<span class="sure">/g)).toHaveLength(4);
  });

  it("says so where there are too few blocks for intervals", () => {
    const bare = <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value, (key, v: unknown) =>
          key === "low" || key === "high" || key === "p" ? null : v,
        ),
      ) as T;
    const text = trustPage({ report: bare(report), looks: [] });
    expect(holds(text, "too few to tell")).toBe(true);
    expect(holds(text, 'class="sure"')).toBe(false);
    expect(holds(bodyOf(text), /undefined|NaN|\[object/)).toBe(false);
  });

  it("draws reliability, coverage, ratios and abstentions, each with a table of the same numbers", () => {
    const figures = figuresOf(page);
    for (const id of Object.keys(figures)) expect(holds(page, `id="${id}"`), id).toBe(true);
    expect(Object.keys(figures)).toEqual([
      "chart-reliability-return",
      "chart-reliability-logAtrRatio",
      "chart-coverage-return",
      "chart-coverage-logAtrRatio",
      "chart-ratio-return",
      "chart-ratio-logAtrRatio",
      "chart-abstentions",
    ]);
    for (const id of ["reliability", "coverage", "ratio", "abstentions"])
      expect(holds(sectionOf(page, id), "<summary>As a table</summary>"), id).toBe(true);
    const tokens = new Set(
      JSON.stringify(figures)
        .match(/"\$\w+"/g)!
        .map((token) => token.slice(2, -1)),
    );
    for (const token of tokens) expect(PAGE_STYLE).toContain(`--${token}:`);
  });

  it("leaves a period without answers empty instead of joining over it", () => {
    const band = figuresOf(page)["chart-coverage-return"]!.data.find(({ name }) => name === "80% band")!;
    expect(band.y).toHaveLength(13);
    expect(band.y.map((value, i) => (value === null ? i : -1)).filter((i) => i >= 0)).toEqual([4]);
    expect(sectionOf(page, "coverage")).toMatch(/2018-12-31<\/th><td>2019-04-01<\/td><td>0<\/td><td>–<\/td>/);
  });

  it("shows the best and the worst answers with what came, also where no prices are at hand", () => {
    for (const id of ["worst", "best"] as const) {
      const text = sectionOf(page, id);
      expect(text.match(/<figure class="look">/g)).toHaveLength(report[id].length);
      expect(text.match(/class="before"/g)).toHaveLength(report[id].length);
    }
    expect(sectionOf(page, "worst")).toMatch(
      /80% band −\d\.\d\d% to \+\d\.\d\d%; −\d\.\d\d% came, below it\./,
    );
    const bare = sectionOf(trustPage({ report, looks: [] }), "worst");
    expect(bare.match(/<figure class="look">/g)).toHaveLength(report.worst.length);
    expect(holds(bare, 'class="before"')).toBe(false);
  });

  it("tells every series and every fold with its encoder", () => {
    for (const { symbol } of report.series) expect(holds(sectionOf(page, "series"), symbol)).toBe(true);
    for (const { encoder } of report.folds)
      expect(holds(sectionOf(page, "folds"), encoder.version)).toBe(true);
    expect(holds(sectionOf(page, "folds"), "fitted anew each year")).toBe(true);
    expect(
      holds(
        sectionOf(trustPage({ report: { ...report, refit: "never" }, looks: [] }), "folds"),
        "One encoder answered",
      ),
    ).toBe(true);
  });

  it("does without periods, examples, and series that answered nothing", () => {
    const bare: TrustReport = {
      ...report,
      periods: [],
      best: [],
      worst: [],
      whenAbstained: null,
      series: report.series.map((one) => ({ ...one, answered: 0, crps: null })),
    };
    const text = trustPage({ report: bare, looks: [] });
    expect(holds(bodyOf(text), /undefined|NaN|\[object/)).toBe(false);
    expect(holds(bodyOf(page), /undefined|NaN|\[object/)).toBe(false);
  });

  it("escapes whatever came from outside", () => {
    const poisoned = JSON.parse(
      JSON.stringify(report, (key, value: unknown) =>
        ["symbol", "source", "calendar", "version", "name", "sentence", "tenant"].includes(key)
          ? EVIL
          : value,
      ),
    ) as TrustReport;
    const text = trustPage({ report: poisoned, looks: looksOf(poisoned), notes: [EVIL] });
    expect(holds(withoutLibrary(text), "<img")).toBe(false);
    expect(text.match(/<script/g)).toHaveLength(3);
    expect(text.match(/<\/script/g)).toHaveLength(3);
    expect(JSON.stringify(figuresOf(text))).not.toContain("<img");
  });
});
