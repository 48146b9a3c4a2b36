import { describe, expect, it } from "vitest";
import { byTimeframe } from "../candles/resample.ts";
import { sliceRows } from "../candles/slice.ts";
import { contextAt } from "../context/context-at.ts";
import { labelHorizon } from "../context/label.ts";
import { sageFamily } from "../encoder/gnn/gnn-family.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import { featureTables } from "../features/feature-table.ts";
import { defaultDesign } from "../graph/design.ts";
import { ramMemory } from "../memory/ram-memory.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { MultiTimeframeGNNMemoryEncoder } from "./memory-encoder.ts";

const TIMEFRAMES = ["5m", "30m"];
const candles = syntheticCandles({ seed: 9, rows: 900, symbol: "S", source: "test" });
const features = featureSetByName("candle16");
const encoder = sageFamily.untrained([featureTables(features, byTimeframe(candles, TIMEFRAMES))], {
  design: defaultDesign(TIMEFRAMES),
  featureSet: features,
  hidden: 8,
  dim: 8,
});
const followed = labelHorizon(candles, "1h");
const memoryOf = (version = encoder.version): ReturnType<typeof ramMemory> =>
  ramMemory({ tenant: "desk", encoderVersion: version, dim: 8 });

function agent(): MultiTimeframeGNNMemoryEncoder {
  return new MultiTimeframeGNNMemoryEncoder({ encoder, memory: memoryOf() });
}

function stateAt(rhyme: MultiTimeframeGNNMemoryEncoder, row: number): Float32Array {
  return rhyme.encodeMarketState(byTimeframe(sliceRows(candles, 0, row + 1), TIMEFRAMES));
}

async function store(rhyme: MultiTimeframeGNNMemoryEncoder, row: number): Promise<string> {
  const context = { "1h": contextAt(followed, row) ?? ("pending" as const) };
  return rhyme.storeEmbeddingWithContext(stateAt(rhyme, row), context, {
    ...candles,
    anchor: candles.knownAt[row]!,
  });
}

describe("MultiTimeframeGNNMemoryEncoder", () => {
  it("finds a stored moment again, with what followed it", async () => {
    const rhyme = agent();
    const id = await store(rhyme, 700);
    await store(rhyme, 750);
    const asOf = candles.knownAt[899]!;
    const [nearest] = await rhyme.querySimilarPatterns(stateAt(rhyme, 700), { k: 1, asOf, horizon: "1h" });
    expect(nearest).toMatchObject({ id, anchor: candles.knownAt[700], symbol: "S" });
    expect(nearest!.context).toEqual(contextAt(followed, 700));
    expect(nearest!.distance).toBeLessThan(1e-6);
  });

  it("sees a moment only once its outcome was known", async () => {
    const rhyme = agent();
    await store(rhyme, 700);
    const { matureAt } = contextAt(followed, 700)!;
    const ask = (asOf: number): ReturnType<typeof rhyme.querySimilarPatterns> =>
      rhyme.querySimilarPatterns(stateAt(rhyme, 700), { k: 5, asOf, horizon: "1h" });
    expect(await ask(matureAt - 1)).toHaveLength(0);
    expect(await ask(matureAt)).toHaveLength(1);
  });

  it("keeps a pending moment to itself", async () => {
    const rhyme = agent();
    await store(rhyme, 899);
    expect(await rhyme.memory.count()).toBe(1);
    const asOf = candles.knownAt[899]!;
    expect(await rhyme.querySimilarPatterns(stateAt(rhyme, 899), { k: 5, asOf, horizon: "1h" })).toEqual([]);
  });

  it("refuses a memory of another encoder and another tenant's moment", async () => {
    expect(() => new MultiTimeframeGNNMemoryEncoder({ encoder, memory: memoryOf("v2") })).toThrow(
      /never share/,
    );
    const metadata = { ...candles, anchor: candles.knownAt[700]!, tenant: "other" };
    const stored = agent().storeEmbeddingWithContext(
      new Float32Array(8).fill(1),
      { "1h": "pending" },
      metadata,
    );
    await expect(stored).rejects.toThrow(/tenants never meet/);
  });
});
