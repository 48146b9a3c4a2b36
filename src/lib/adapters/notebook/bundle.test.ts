import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import pl from "nodejs-polars";
import { qualityReport } from "../../candles/quality-report.ts";
import { gapLedger } from "../../candles/gap-ledger.ts";
import { makeSeries } from "../../candles/make-series.ts";
import { calendarByName } from "../../time/calendars.ts";
import { bundleOf } from "./bundle.ts";
import { packCandles, type PackedCandles } from "./candle-columns.ts";
import { formatCell } from "./format-cell.ts";
import { DISPLAY, interruptSignal, notebookHost, type DisplayHost } from "./host.ts";
import { plot, progress, show, table } from "./show.ts";

const WITH: DisplayHost = { once: () => false };

function candles(rows: number) {
  const openTime = Array.from({ length: rows }, (_, i) => Date.UTC(2024, 0, 1) + i * 3_600_000);
  const close = openTime.map((_, i) => 100.25 + (i % 7) * 0.5);
  const [open, high, low] = [close.map((p) => p - 0.25), close.map((p) => p + 1), close.map((p) => p - 1)];
  const volume = openTime.map((_, i) => 10 + i);
  const calendar = calendarByName("24x7");
  return makeSeries({ symbol: "<b>X", timeframe: "1h", calendar, openTime, open, high, low, close, volume });
}

const htmlOf = (value: unknown): string => bundleOf(value, WITH)?.["text/html"] as string;

describe("what a notebook shows", () => {
  it("wraps sentences in a table, and keeps short cells on one line", () => {
    const says = "a sentence that is much too long to stand on one line of a table of any width";
    const html = htmlOf([{ says, n: 1 }, { says: "short", n: 2 }]); // prettier-ignore
    expect(html).toContain(`<td class="l w">${says}</td>`);
    expect(html).toContain('<td class="l">short</td>');
  });

  it("names a series, its span and market, draws it and lists its rows; names from outside are escaped", () => {
    const html = htmlOf(candles(48));
    expect(html).toContain("48 bars, 2024-01-01 00:00 to 2024-01-03 00:00 UTC");
    expect(html).toContain("rhymeCandles.show");
    expect(html).not.toContain("<b>X");
    expect(bundleOf(candles(48), WITH)!["text/plain"]).toContain("48 × 6");
    expect(htmlOf(candles(1))).not.toContain("rhymeCandles.show");
  });

  it("says what is missing in a quality report", () => {
    const series = candles(48);
    const html = htmlOf(qualityReport(series, gapLedger(series), []));
    expect(html).toContain("0 missing of 48 expected");
    expect(html).toContain('<td class="">2024</td>');
  });

  it("counts nodes and edges of a graph and draws it", () => {
    const graph = {
      timeframes: ["1h"],
      featureNames: ["roc"],
      nodes: new Float64Array(3),
      nodeTimeframe: new Uint8Array(3),
      nodeRow: Int32Array.of(0, 1, 2),
      nodeOpenTime: Float64Array.of(0, 1, 2),
      knownAt: Float64Array.of(1, 2, 3),
      senders: Int32Array.of(0, 1),
      receivers: Int32Array.of(1, 2),
      edgeType: new Uint8Array(2),
      edgeWeight: new Float64Array(2),
    };
    expect(bundleOf(graph, WITH)!["text/plain"]).toBe(
      "Graph: 3 nodes of 1h; 2 edges; 1 feature; temporal 2, down 0, up 0",
    );
    expect(htmlOf(graph)).toContain("rhymeFigures.add");
  });

  it("draws losses of a fitting, a figure of one's own, and a table of like rows", () => {
    const history = [1, 2].map((step) => ({
      step,
      steps: 2,
      trainLoss: 1 / step,
      validationLoss: step === 1 ? NaN : 0.4,
    }));
    expect(bundleOf(history, WITH)!["text/plain"]).toBe(
      "2 steps; last training loss 0.5000, validation 0.4000",
    );
    expect(bundleOf({ data: [{ y: [1] }], layout: {} }, WITH)).toHaveProperty([
      "application/vnd.plotly.v1+json",
    ]);
    expect(htmlOf([{ a: 1 }, { a: 2 }])).toContain("2 × 1");
    for (const plain of [5, "text", [1, 2], [{ a: 1 }, { b: 2 }], {}, null, new Map()])
      expect(bundleOf(plain, WITH)).toBeNull();
  });

  it("shows the first and last rows of a long frame, with the size of the whole", () => {
    const frame = pl.DataFrame({ n: Array.from({ length: 500 }, (_, i) => i) });
    const html = htmlOf(frame);
    expect(html).toContain("500 × 1");
    expect(html).toContain(">499<");
    expect(html.match(/<tr>/g)!.length).toBe(22);
  });

  it("sends the charting library once", () => {
    const sent = new Set<string>();
    const host: DisplayHost = { once: (what) => !sent.has(what) && Boolean(sent.add(what)) };
    const chart = plot({ data: [], layout: {} });
    expect(JSON.stringify(chart[DISPLAY](host)).length).toBeGreaterThan(1_000_000);
    expect(JSON.stringify(chart[DISPLAY](host)).length).toBeLessThan(20_000);
  });
});

/** What the browser's script makes of the packed columns. */
function unpack({ rows, scale, timeUnit, start, packed }: PackedCandles) {
  const bytes = gunzipSync(Buffer.from(packed, "base64"));
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const ints = new Int32Array(buffer, 0, 5 * rows);
  const column = (c: number): number[] => {
    let sum = 0;
    return Array.from(ints.subarray(c * rows, (c + 1) * rows), (step) => (sum += step));
  };
  const [open, high, low, close] = [1, 2, 3, 4].map((c) => column(c).map((price) => price / scale));
  const time = column(0).map((t) => start + t * timeUnit);
  return {
    time,
    open,
    high: high!,
    low: low!,
    close,
    volume: [...new Float32Array(buffer, 20 * rows, rows)],
  };
}

describe("packed candles", () => {
  it("are the very same prices, times and volumes when they are unpacked", () => {
    const series = candles(1000);
    const packed = packCandles(series);
    expect([packed.rows, packed.stride, packed.scale]).toEqual([1000, 1, 100]);
    const { time, open, high, low, close, volume } = unpack(packed);
    expect(time).toEqual([...series.openTime]);
    expect([open, high, low, close]).toEqual(
      [series.open, series.high, series.low, series.close].map((c) => [...c]),
    );
    expect(volume).toEqual([...series.volume]);
  });

  it("of a very long series keep every high and low: three bars become one", () => {
    const series = candles(400_000);
    const packed = packCandles(series);
    expect([packed.rows, packed.stride]).toEqual([133_334, 3]);
    const { high, low, volume } = unpack(packed);
    for (const row of [0, 5, 70_000, 133_332]) {
      const three = [0, 1, 2].map((i) => 3 * row + i);
      expect(high[row]).toBe(Math.max(...three.map((i) => series.high[i]!)));
      expect(low[row]).toBe(Math.min(...three.map((i) => series.low[i]!)));
      expect(volume[row]).toBe(three.reduce((sum, i) => sum + series.volume[i]!, 0));
    }
  });
});

describe("a cell of a table", () => {
  it("says numbers in seven digits, dates in UTC, and nothing as a dash", () => {
    expect([1234567.891, -0.5, 12345, 1e-9, NaN, -Infinity].map(formatCell)).toEqual([
      "1234568",
      "−0.5",
      "12,345",
      "1.000e-9",
      "NaN",
      "−∞",
    ]);
    expect(formatCell(new Date(Date.UTC(2024, 0, 2)))).toBe("2024-01-02");
    expect(formatCell(new Date(Date.UTC(2024, 0, 2, 9, 30)))).toBe("2024-01-02 09:30");
    expect([null, undefined, true, 3n, [1, 2]].map(formatCell)).toEqual(["–", "–", "true", "3", "[1, 2]"]);
  });
});

describe("outside a notebook", () => {
  it("nothing interrupts, progress is silent, and what is shown is printed as text", async () => {
    expect(notebookHost()).toBeNull();
    expect(interruptSignal().aborted).toBe(false);
    const said: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text: unknown) => Boolean(said.push(String(text)));
    try {
      progress("work", 3).end();
      await show(table([{ a: 1 }], { caption: "one" }), "plain");
    } finally {
      process.stdout.write = write;
    }
    expect(said).toEqual(["a\n1\none (1 × 1)\n", "plain\n"]);
  });
});
