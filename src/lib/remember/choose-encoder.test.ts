import { describe, expect, it } from "vitest";
import type { Encoder } from "../encoder/encoder.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { chooseEncoder } from "./choose-encoder.ts";

const candles = syntheticCandles({ seed: 1, rows: 100 });
const WANTED = { timeframes: ["5m", "1h"], featureSetHash: "f" };
const NONE = { asked: null, held: [], shipped: [], fitUntil: null };

function encoder(version: string, knownAtRow: number, timeframes = WANTED.timeframes): Encoder {
  const design = { timeframes };
  return {
    version,
    featureSetHash: "f",
    design,
    knownAt: candles.knownAt[knownAtRow]!,
  } as unknown as Encoder;
}

describe("choosing an encoder", () => {
  it("takes the one that was asked for before all others", () => {
    const asked = encoder("asked", 90);
    const choice = chooseEncoder(candles.knownAt, WANTED, { ...NONE, asked, held: [encoder("held", 1)] });
    expect(choice).toMatchObject({ kind: "use", encoder: { version: "asked" } });
  });
  it("refuses one that was asked for but reads other timeframes or features", () => {
    const ask = (asked: Encoder): unknown => chooseEncoder(candles.knownAt, WANTED, { ...NONE, asked });
    expect(() => ask(encoder("asked", 1, ["1h"]))).toThrow(/expected one that reads 5m,1h.*got 1h/);
    expect(() => ask({ ...encoder("asked", 1), featureSetHash: "g" })).toThrow(/features g/);
  });
  it("keeps to the memory's own encoder, unless it reads other timeframes", () => {
    const held = [encoder("other", 1, ["1h"]), encoder("held", 99)];
    expect(chooseEncoder(candles.knownAt, WANTED, { ...NONE, held })).toMatchObject({
      encoder: { version: "held" },
    });
  });
  it("takes the shipped one where it was known at 40 % of the history, and not a bar later", () => {
    const at = (row: number): unknown =>
      chooseEncoder(candles.knownAt, WANTED, { ...NONE, shipped: [encoder("s", row)] });
    expect(at(39)).toMatchObject({ kind: "use", encoder: { version: "s" } });
    expect(at(40)).toMatchObject({ kind: "fit" });
  });
  it("lets a held one stand in for --fit-until only where it was fitted on just that", () => {
    const held = [encoder("held", 50)];
    const at = (fitUntil: number): unknown =>
      chooseEncoder(candles.knownAt, WANTED, { ...NONE, held, fitUntil });
    expect(at(candles.knownAt[50]! + 1)).toMatchObject({ kind: "use", encoder: { version: "held" } });
    expect(at(candles.knownAt[51]!)).toMatchObject({ kind: "fit" });
    expect(at(candles.knownAt[0]! - 1)).toMatchObject({ kind: "fit" }); // and fitting will say that it is too early
  });
  it("fits on the first 40 % of the history, or up to the time given", () => {
    expect(chooseEncoder(candles.knownAt, WANTED, NONE)).toMatchObject({
      kind: "fit",
      until: candles.knownAt[39],
    });
    const shipped = [encoder("s", 1)];
    expect(chooseEncoder(candles.knownAt, WANTED, { ...NONE, shipped, fitUntil: 7 })).toMatchObject({
      kind: "fit",
      until: 7,
    });
  });
});
