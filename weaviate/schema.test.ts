import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { reasonFor, REASONS } from "./reasons.ts";
import { commonCollections, encoderOf, matureAt, patternCollection, tradingPattern } from "./schema.ts";
import { jsonFiles } from "./write-json.ts";

const ALL = [tradingPattern("v1", ["1h", "21d"]), ...commonCollections()];

/** Paths of all values that are stated, properties by their name. */
function pathsOf(value: unknown, at: string): readonly string[] {
  if (Array.isArray(value) && at === "properties")
    return value.flatMap((one: { name: string }) => pathsOf(one, `${at}.${one.name}`));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [at];
  const inner = Object.entries(value);
  return inner.length === 0 ? [at] : inner.flatMap(([key, one]) => pathsOf(one, at ? `${at}.${key}` : key));
}

const paths = ALL.flatMap((one) => pathsOf(one, ""));

describe("the collections", () => {
  it("are written as JSON, none forgotten and none left over", () => {
    const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8"));
    for (const [file, one] of jsonFiles()) expect(read(file), "run node weaviate/write-json.ts").toEqual(one);
    const written = readdirSync(new URL(".", import.meta.url)).filter((file) => file.endsWith(".json"));
    expect(written.sort()).toEqual([...jsonFiles().keys()].sort());
  });

  it("have a reason for every parameter", () => {
    expect(paths.filter((path) => reasonFor(path) === undefined)).toEqual([]);
  });

  it("have no reason for a parameter that is not stated", () => {
    const used = new Set(paths.map((path) => reasonFor(path)));
    expect(Object.entries(REASONS).filter(([, reason]) => !used.has(reason))).toEqual([]);
  });

  it("name the encoder version, and give it back", () => {
    expect(encoderOf(patternCollection("sage_2019"))).toBe("sage_2019");
    expect([encoderOf("TradingPattern"), encoderOf("LiveMarketState")]).toEqual([null, null]);
  });

  it("index instants by range, names whole, and JSON not at all", () => {
    const of = (name: string) => ALL[0]!.properties.find((one) => one.name === name)!;
    expect(of(matureAt("21d"))).toMatchObject({ dataType: ["date"], indexRangeFilters: true });
    expect(of("symbol")).toMatchObject({
      tokenization: "field",
      indexFilterable: true,
      indexSearchable: false,
    });
    expect(of("detail")).toMatchObject({ indexFilterable: false, indexSearchable: false });
  });

  it("keep tenants apart, and make none by mistake", () => {
    for (const one of ALL)
      expect(one.multiTenancyConfig).toMatchObject({ enabled: true, autoTenantCreation: false });
  });
});
