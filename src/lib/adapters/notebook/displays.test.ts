import { describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import { scoreboard } from "../../evaluation/scoreboard.ts";
import { trialLedger, withTrial } from "../../evaluation/trial-ledger.ts";
import { buildGraphFromOhlcv } from "../../graph/window-graph.ts";
import { answerFixture } from "../../testing/answer-fixture.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { trustFixture } from "../../testing/trust-fixture.ts";
import { calendarByName } from "../../time/calendars.ts";
import { answerFigures } from "./answer-figures.ts";
import { bundleOf } from "./bundle.ts";
import { conclusion } from "./conclusion.ts";
import { embeddingFigure } from "./embedding-figure.ts";
import { themed } from "./figure-output.ts";
import { DISPLAY, type DisplayHost } from "./host.ts";
import { plot } from "./show.ts";

const HOST: DisplayHost = { once: () => false };
const htmlOf = (value: unknown): string => bundleOf(value, HOST)!["text/html"] as string;
const textOf = (value: unknown): string => bundleOf(value, HOST)!["text/plain"] as string;
const figures = (html: string): number => html.split("rhymeFigures.add").length - 1;

const calendar = calendarByName("us-equities");
const candles = syntheticCandles({ seed: 3, rows: 400, timeframe: "1d", calendar, symbol: "<b>X" });

describe("an answer in a notebook", () => {
  const answer = answerFixture({ candles, row: 350 });

  it("has its fan and its rhymes drawn where candles are at hand, and what really happened", () => {
    const drawn = plot(answer, { candles })[DISPLAY](HOST)["text/html"] as string;
    expect(figures(drawn)).toBe(2);
    expect(drawn).toContain("what really happened");
    expect(drawn).toContain("10 nearest moments");
    expect(drawn).not.toContain("<b>X");
    expect(figures(htmlOf(answer))).toBe(0);
  });

  it("draws no fan where it abstained, says why, and still shows whom it found", () => {
    const silent = answerFixture({ candles, row: 350, reason: "nothing in memory is near" });
    const drawn = plot(silent, { candles })[DISPLAY](HOST)["text/html"] as string;
    expect(figures(drawn)).toBe(1);
    expect(drawn).toContain("nothing in memory is near");
  });

  it("draws nothing of the future where that is not known, nor neighbours of other series", () => {
    const open = answerFixture({ candles, row: 390 });
    const names = answerFigures(open, candles).flatMap(({ data }) => data.map(({ name }) => name));
    expect(names).not.toContain("what really happened");
    const others = { ...answer, neighbours: answer.neighbours.map((one) => ({ ...one, symbol: "Y" })) };
    expect(answerFigures(others, candles)).toHaveLength(1);
  });

  it("refuses candles of another series", () => {
    const other = { ...candles, symbol: "Y" };
    expect(() => plot(answer, { candles: other })[DISPLAY](HOST)).toThrow(/those of <b>X 1d.*Y 1d/s);
  });
});

it("a trust report shows every method of both labels beside its baselines, and its calibration", () => {
  const report = trustFixture();
  const html = htmlOf(report);
  for (const { name } of report.labels.return.methods) expect(html).toContain(`>${name}`);
  expect(html.split("the best other").length - 1).toBe(2);
  expect(html).toContain(report.sentence.slice(0, 30));
  expect(html).toContain('"showlegend":true');
  expect(figures(html)).toBe(1);
});

it("a graph tells prices on hovering where its candles are at hand", () => {
  const tables = byTimeframe(candles, ["1d", "1w"]);
  const graph = buildGraphFromOhlcv(tables);
  const drawn = plot(graph, { candles: tables })[DISPLAY](HOST)["text/html"] as string;
  expect(drawn).toContain("volume ");
  expect(htmlOf(graph)).not.toContain("volume ");
});

it("a figure has words in its place for where no script runs, a chart of candles too", () => {
  const graph = buildGraphFromOhlcv(byTimeframe(candles, ["1d", "1w"]));
  for (const value of [graph, candles, { data: [{ type: "scatter", y: [1, 2] }], layout: {} }])
    expect(htmlOf(value)).toMatch(/class="figure"[^>]*>\s*<p[^>]*>\s*Figure\.[^]*Trust Notebook/);
});

it("words on a figure stand on the paper, and a logarithmic axis says whole numbers", () => {
  const layout = { xaxis: { type: "log" }, annotations: [{ text: "a", showarrow: false }, { text: "b" }] };
  const { xaxis, annotations } = themed({ data: [], layout }).layout;
  expect(xaxis).toMatchObject({ dtick: "D2", tickformat: ",.7~r" });
  expect(annotations).toEqual([{ text: "a", showarrow: false, bgcolor: "$paper" }, { text: "b" }]);
});

it("a scoreboard says its verdict and marks baselines", () => {
  const board = scoreboard(
    [
      { name: "<plain>", isBaseline: true, blocks: [0, 0.1, 0.2] },
      { name: "ours", blocks: [0.5, 0.6, 0.8] },
    ],
    { measure: "skill" },
  );
  const html = htmlOf(board);
  expect(html).toContain("ours beats the best baseline, &#60;plain&#62;, by 0.53 ± 0.033 (p = 0.0039)");
  expect(html).toContain("3 / 3");
  expect(textOf(board)).toContain("+0.5333 ± 0.0333");
});

it("a trial ledger lists every trial and what the best of them owes to chance", () => {
  let ledger = trialLedger("skill");
  for (const score of [0.1, 0.2, 0.3, -0.2])
    ledger = withTrial(ledger, { name: "design", settings: { seed: score > 0 ? 1 : 2 }, score, error: 0.05 });
  const text = textOf(ledger);
  expect(text).toContain("4 trials; the best is design with 0.3000");
  expect(text).toContain("−0.2000 ± 0.0500");
  expect(textOf(trialLedger("skill"))).toContain("too few to say");
});

it("an embedding map shows the same points once for each colouring, one in so many of a long history", () => {
  const A = 5_000;
  const vectors = Float32Array.from({ length: A * 4 }, (_, i) => Math.sin(i * 1.7 + (i % 4)));
  const embeddings = { dim: 4, rows: new Int32Array(A), anchors: new Float64Array(A), vectors };
  const values = Float64Array.from({ length: A }, (_, i) => (i === 3 ? NaN : i));
  const { data, layout } = embeddingFigure(embeddings, [
    { name: "one", values },
    { name: "two", values, scale: "round" },
  ]);
  const [first, second] = data as unknown as { x: number[]; customdata: (number | null)[] }[];
  expect(first!.x).toHaveLength(1667);
  expect(first!.x).toEqual(second!.x);
  expect([first!.customdata[0], first!.customdata[1]]).toEqual([0, null]);
  expect(layout).toHaveProperty("xaxis2.domain");
});

describe("the colours of an embedding map", () => {
  const A = 400;
  const vectors = Float32Array.from({ length: A * 2 }, (_, i) => Math.sin(i * 1.7));
  const embeddings = { dim: 2, rows: new Int32Array(A), anchors: new Float64Array(A), vectors };
  const markerOf = (values: Float64Array) =>
    (embeddingFigure(embeddings, [{ name: "x", values }]).data[0] as unknown as Marked).marker;
  interface Marked {
    readonly marker: {
      readonly cmin: number;
      readonly cmax: number;
      readonly colorscale: readonly (readonly [number, string])[];
      readonly colorbar: { readonly tickvals?: readonly number[] };
    };
  }

  it("span all but the outermost values, so that one outlier does not make all else alike", () => {
    const { cmin, cmax } = markerOf(Float64Array.from({ length: A }, (_, i) => (i === 7 ? 1e6 : i / A)));
    expect(cmin).toBeCloseTo(0.02, 1);
    expect(cmax).toBeCloseTo(0.98, 1);
  });

  it("are steps where values are categories, one for each", () => {
    const { cmin, cmax, colorscale, colorbar } = markerOf(Float64Array.from({ length: A }, (_, i) => i % 4));
    expect([cmin, cmax]).toEqual([-0.5, 3.5]);
    expect(colorbar.tickvals).toEqual([0, 1, 2, 3]);
    expect(new Set(colorscale.map(([, colour]) => colour)).size).toBe(4);
    expect(colorscale).toHaveLength(8);
  });
});

it("a conclusion has its four parts, escaped", () => {
  const said = { answer: "<no>", evidence: "b", doubts: "c", next: "d" };
  const bundle = conclusion(said)[DISPLAY](HOST);
  expect(bundle["text/html"]).toContain("<b>Answer.</b> &#60;no&#62;");
  expect(bundle["text/plain"]).toBe("Answer. <no>\nEvidence. b\nDoubts. c\nNext. d");
  const several = conclusion({ ...said, evidence: ["b", "<more>"] })[DISPLAY](HOST);
  expect(several["text/html"]).toContain("<b>Evidence.</b> b<br />&#60;more&#62;");
});
