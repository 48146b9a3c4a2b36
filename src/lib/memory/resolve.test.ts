import { describe, expect, it } from "vitest";
import { readThrough, resolveHolding, type Holding } from "./resolve.ts";

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

describe("reading through a channel", () => {
  const daily = { ...holding("SPY", "vendor", "d1"), timeframe: "1d" };
  const all = [
    ...["v1", "v2"].flatMap((encoder) => ["BTC", "ETH"].map((symbol) => holding(symbol, "binance", encoder))),
    daily,
  ];
  const seen = (reads: string | null, wanted = {}): readonly string[] =>
    readThrough(all, wanted, reads).map(({ symbol, encoder }) => `${symbol} ${encoder}`);

  it("sees one version of a base timeframe, the channel's, and other timeframes as they are", () => {
    expect(seen("v1")).toEqual(["BTC v1", "ETH v1", "SPY d1"]);
    expect(seen("v2")).toEqual(["BTC v2", "ETH v2", "SPY d1"]);
    expect(seen("d1")).toEqual(["BTC v1", "ETH v1", "BTC v2", "ETH v2", "SPY d1"]);
  });

  it("answers no symbol from a version that the channel does not read", () => {
    const some = all.filter(({ symbol, encoder }) => symbol !== "ETH" || encoder === "v1");
    const read = readThrough(some, {}, "v2");
    expect(() => resolveHolding(read, { symbol: "ETH" })).toThrow(/none/);
    expect(resolveHolding(read, { symbol: "BTC" }).encoder).toBe("v2");
  });

  it("leaves the choice to whoever names a version, and to those without a channel", () => {
    expect(seen("v1", { encoder: "v2" })).toHaveLength(5);
    expect(seen(null)).toHaveLength(5);
  });
});
