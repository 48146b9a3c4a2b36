import { describe, expect, it } from "vitest";
import { liveMarketState, tradingPattern } from "../../../../weaviate/schema.ts";
import type { ServerCollection } from "./schema-difference.ts";
import { encodersOn, planSchema, stepsOf, stuck } from "./schema-plan.ts";

const WANTED = tradingPattern("v1", ["1h"]);

/** What a test changes of a collection. */
interface Editable {
  readonly multiTenancyConfig: { enabled: boolean };
  readonly invertedIndexConfig: { indexNullState?: boolean };
  readonly vectorConfig: { readonly embedding: { readonly vectorIndexConfig: { ef: number } } };
  readonly properties: { name: string }[];
}

/** As a server tells it: with more than we state, and without what is false. */
function onServer(edit: (found: Editable) => void = () => undefined): ServerCollection {
  const found = JSON.parse(JSON.stringify({ ...WANTED, shardingConfig: {} })) as Editable & ServerCollection;
  delete found.invertedIndexConfig.indexNullState;
  edit(found);
  return found;
}

const stateOf = (found: ServerCollection): string | undefined =>
  planSchema([WANTED], [found]).collections[0]?.state;

describe("the plan", () => {
  it("finds nothing to do where the server has what the code says, and adds of its own", () => {
    const plan = planSchema([WANTED], [onServer()]);
    expect(plan.collections).toMatchObject([{ state: "as wanted", differences: [] }]);
    expect([...stepsOf(plan), ...stuck(plan)]).toEqual([]);
  });

  it("creates what is missing, and leaves alone what is none of ours", () => {
    const plan = planSchema([WANTED, liveMarketState()], [{ class: "Article" }, onServer()]);
    expect(plan.others).toEqual(["Article"]);
    expect(stepsOf(plan)).toEqual([{ kind: "create", collection: liveMarketState() }]);
  });

  it("adds a property for a horizon that was not there", () => {
    const plan = planSchema([tradingPattern("v1", ["1h", "1d"])], [onServer()]);
    expect(stepsOf(plan)).toMatchObject([
      { kind: "add property", collection: "TradingPattern_v1", property: { name: "matureAt_1d" } },
    ]);
  });

  it("changes in place what the server can change", () => {
    const found = onServer((one) => void (one.vectorConfig.embedding.vectorIndexConfig.ef = 7));
    const plan = planSchema([WANTED], [found]);
    expect(stepsOf(plan)).toMatchObject([
      { kind: "change", changes: [{ path: "vectorConfig.embedding.vectorIndexConfig.ef", found: 7 }] },
    ]);
  });

  it("takes no step towards what needs a new collection, and says which parameter and why", () => {
    const found = onServer((one) => void (one.multiTenancyConfig.enabled = false));
    const plan = planSchema([tradingPattern("v1", ["1h", "1d"])], [found]);
    expect(stepsOf(plan)).toEqual([]);
    const different = stuck(plan)[0]!.differences.find(({ changing }) => changing === "new collection")!;
    expect(different).toMatchObject({ path: "multiTenancyConfig.enabled", wanted: true, found: false });
    expect(different.why).not.toBe("");
  });

  it.each([
    ["foreign", "patterns of somebody else"],
    ["older", "Rhyme schema 0: patterns"],
    ["newer", "Rhyme schema 99: patterns"],
  ])("tells a %s collection by its description", (state, description) => {
    expect(stateOf({ ...onServer(), description })).toBe(state);
  });

  it("brings an older collection up to date, and leaves a foreign and a newer one as they are", () => {
    const older = planSchema([WANTED], [{ ...onServer(), description: "Rhyme schema 0: patterns" }]);
    expect(stepsOf(older)).toMatchObject([{ kind: "change", changes: [{ path: "description" }] }]);
    for (const description of ["mine", "Rhyme schema 99: patterns"]) {
      const plan = planSchema([WANTED], [{ ...onServer(), description }]);
      expect(stepsOf(plan)).toEqual([]);
      expect(stuck(plan)).toHaveLength(1);
    }
  });

  it("is stuck with a property that the code does not know", () => {
    const extra = onServer((one) => void one.properties.push({ name: "mine" }));
    expect(stuck(planSchema([WANTED], [extra]))[0]?.differences).toMatchObject([{ path: "properties.mine" }]);
  });
});

it("the encoder versions on a server are read off its collections", () => {
  expect(encodersOn([{ class: "TradingPattern_b" }, { class: "LiveMarketState" }, onServer()])).toEqual([
    "b",
    "v1",
  ]);
});
