import { expect, it } from "vitest";
import type { CandlesByTimeframe } from "../../candles/candle-series.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { lookAhead } from "../look-ahead/look-ahead.ts";
import { bundleOf } from "./bundle.ts";

const candles = syntheticCandles({ seed: 1, rows: 300, timeframe: "1h" });

it("a look-ahead report says which column leaks, from which bar, and what is clean", async () => {
  const mixed = (given: CandlesByTimeframe) => {
    const { close } = given["1h"]!;
    return {
      "<next>": close.map((_, i) => close[i + 1] ?? NaN),
      last: close.map((c, i) => c - (close[i - 1] ?? NaN)),
    };
  };
  const report = await lookAhead(mixed, candles, { instants: 20 });
  const bundle = bundleOf(report, { once: () => false })!;
  const html = bundle["text/html"] as string;
  expect(html).toContain("1 of 2 columns clean");
  expect(html).toContain("&#60;next&#62; uses the 1h bar of");
  expect(html).not.toContain("<next>");
  expect(html).toContain("Looks 1 bar ahead");
  expect(html).toContain("does not matter");
  expect(bundle["text/plain"]).toContain("LEAK");
});

it("a function that says nothing useful has its verdict and reason", async () => {
  const report = await lookAhead(() => ({}), candles, { instants: 5 });
  const html = bundleOf(report, { once: () => false })!["text/html"] as string;
  expect(html).toContain("no columns");
});
