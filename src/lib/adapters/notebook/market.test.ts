import { describe, expect, it } from "vitest";
import { exampleFile } from "./example-file.ts";
import { exampleMarket } from "./example-market.ts";
import { chosenMarket, namedIn, readMarket } from "./market.ts";

const mine = { file: exampleFile(), symbol: "SP", calendar: "us-equities", timeframes: "1w, 1d," };
const { signal } = new AbortController();

describe("the market of a notebook's parameters", () => {
  it("is the example without a file", () => {
    expect(chosenMarket({ ...mine, file: "" }, { atLeast: 2 })).toEqual(exampleMarket());
  });

  it("has its timeframes fine to coarse, and a name of none is none", () => {
    expect(chosenMarket(mine).timeframes).toEqual(["1d", "1w"]);
    expect(namedIn("")).toEqual([]);
    expect(chosenMarket({ ...mine, calendar: "" }).calendar).toBe("24x7");
  });

  it("says how many timeframes it needs, and how to name them", () => {
    for (const timeframes of ["", " , ", "1d", "1d,1d"])
      expect(() => chosenMarket({ ...mine, timeframes }, { atLeast: 2 })).toThrow(
        /2 timeframes, such as 1d,1w.*--param timeframes=1d,1w/s,
      );
  });

  it("is read with its newest bars alone", async () => {
    const { series, candles } = await readMarket({ ...chosenMarket(mine), bars: 100 }, { signal });
    expect(Object.keys(candles)).toEqual(["1d", "1w"]);
    expect([series.symbol, series.openTime.length]).toEqual(["SP", 100]);
    expect(new Date(series.openTime.at(-1)!).toISOString().slice(0, 4)).toBe("2020");
  });
});
