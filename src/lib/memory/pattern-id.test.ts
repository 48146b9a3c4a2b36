import { v5, validate, version } from "uuid";
import { describe, expect, it } from "vitest";
import { PATTERN_NAMESPACE, patternId, patternIds, uuidBytes, uuidText } from "./pattern-id.ts";

const identity = {
  tenant: "default",
  series: { source: "binance", symbol: "BTCUSDT", timeframe: "5m" },
  anchor: 1_700_000_100_000,
  encoderVersion: "v1",
  revision: 0,
};

describe("patternId", () => {
  it("is the UUIDv5 that the uuid package makes of the JSON array of its parts", () => {
    expect(PATTERN_NAMESPACE).toBe(v5("https://rhyme/pattern", v5.URL));
    const text = '["default","binance","BTCUSDT","5m",1700000100000,"v1",0]';
    expect(patternId(identity)).toBe(v5(text, PATTERN_NAMESPACE));
    const odd = { ...identity, series: { ...identity.series, symbol: 'S&P "500" ∆' }, anchor: -5 };
    expect(patternId(odd)).toBe(
      v5('["default","binance","S&P \\"500\\" ∆","5m",-5,"v1",0]', PATTERN_NAMESPACE),
    );
    expect([validate(patternId(odd)), version(patternId(odd))]).toEqual([true, 5]);
  });

  it("stays what it is: stored ids are for ever", () => {
    expect(patternId(identity)).toBe("8829dfbb-cc4c-5c3b-b0a8-7443e07c7c2b");
  });

  it("differs when any one part differs, also where parts could run into each other", () => {
    const { series } = identity;
    const variants = [
      identity,
      { ...identity, tenant: "other" },
      { ...identity, series: { ...series, source: "coinbase" } },
      { ...identity, series: { ...series, symbol: "ETHUSDT" } },
      { ...identity, series: { ...series, timeframe: "30m" } },
      { ...identity, series: { source: 'binance","BTC', symbol: "USDT", timeframe: "5m" } },
      { ...identity, series: { source: "binance", symbol: 'BTC","USDT', timeframe: "5m" } },
      { ...identity, anchor: identity.anchor + 1 },
      { ...identity, encoderVersion: "v10", revision: 0 },
      { ...identity, encoderVersion: "v1", revision: 10 },
      { ...identity, revision: 1 },
    ];
    expect(new Set(variants.map(patternId)).size).toBe(variants.length);
  });

  it("comes the same one at a time and in bulk", () => {
    const make = patternIds(identity);
    const out = new Uint8Array(48);
    [5, 6, identity.anchor].forEach((anchor, i) => make(anchor, out, 16 * i));
    expect(uuidText(out, 32)).toBe(patternId(identity));
    expect(uuidText(uuidBytes(patternId(identity)), 0)).toBe(patternId(identity));
    expect(uuidBytes("no uuid")).toHaveLength(0);
  });
});
