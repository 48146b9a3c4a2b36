import { describe, expect, it } from "vitest";
import { resolveHolding, type Holding } from "./resolve.ts";

const holding = (symbol: string, source: string, encoder = "v1"): Holding => ({
  symbol,
  source,
  encoder,
  timeframe: "5m",
  patterns: 1,
});

describe("resolving what a question is about", () => {
  it("takes the only series there is", () => {
    expect(resolveHolding([holding("BTC", "binance")], {}).symbol).toBe("BTC");
  });
  it("refuses an ambiguous symbol and lists the choices", () => {
    const two = [holding("BTC", "binance"), holding("BTC", "coinbase")];
    expect(() => resolveHolding(two, { symbol: "BTC" })).toThrow(/2 of them.*--source coinbase/s);
    expect(resolveHolding(two, { symbol: "BTC", source: "coinbase" }).source).toBe("coinbase");
  });
  it("names what is there when the symbol is not", () => {
    expect(() => resolveHolding([holding("BTC", "binance")], { symbol: "ETH" })).toThrow(
      /none.*--symbol BTC/s,
    );
  });
  it("says that an empty memory is empty", () => {
    expect(() => resolveHolding([], { symbol: "ETH" })).toThrow(/run remember first/);
  });
});
