import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { liveId, seriesId } from "./queues.ts";
import { subjectOf } from "./workflow-ids.ts";

/** Symbols as exchanges write them, and whatever else anybody may. */
const name = fc.oneof(
  fc.constantFrom("BTC/USDT", "BTC/USDT:USDT", "50%", "%2F", "/", "a b"),
  fc.string({ minLength: 1, unit: "binary" }),
);

describe("the id of one series", () => {
  it("is read back as its symbol and timeframe, whatever the symbol has in it", () => {
    fc.assert(
      fc.property(name, name, name, (symbol, source, tenant) => {
        expect(subjectOf(seriesId("0a1b", symbol, "5m"))).toEqual({
          ...{ correlation: "backfill/0a1b", symbol, timeframe: "5m" },
        });
        expect(subjectOf(liveId(tenant, "m", { source, symbol, timeframe: "5m" }))).toMatchObject({
          symbol,
          timeframe: "5m",
        });
      }),
      { seed: 8 },
    );
  });

  it("is of that series alone", () => {
    fc.assert(
      fc.property(fc.tuple(name, name), fc.tuple(name, name), (one, other) => {
        const same = one[0] === other[0] && one[1] === other[1];
        const [a, b] = [one, other].map(([source, symbol]) =>
          liveId("t", "m", { source, symbol, timeframe: "5m" }),
        );
        expect(a === b).toBe(same);
      }),
      { seed: 8 },
    );
  });

  it("that somebody else has made is read as it is", () => {
    expect(subjectOf("mine/of/50%/5m").symbol).toBe("50%");
  });
});
