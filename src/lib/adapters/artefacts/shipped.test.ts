import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import { featureSetByName } from "../../features/feature-sets.ts";
import { featureTables } from "../../features/feature-table.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { shippedEncoders } from "./shipped.ts";

const WEIGHTS = new URL("../../../../artefacts/crypto-5m/weights.safetensors", import.meta.url);

describe("the encoder that ships with the project", () => {
  it("fits this code's features, has seen nothing after June 2023, and is small", async () => {
    const [encoder] = await shippedEncoders();
    expect(encoder!.design.timeframes).toEqual(["5m", "30m", "1h", "4h"]);
    expect(encoder!.featureSet).toBe("candle16");
    expect(new Date(encoder!.knownAt).toISOString()).toBe("2023-06-30T23:55:00.000Z");
    expect(statSync(fileURLToPath(WEIGHTS)).size).toBeLessThan(1e6);
  });

  it("encodes other candles", async () => {
    const [encoder] = await shippedEncoders();
    const candles = byTimeframe(syntheticCandles({ seed: 5, rows: 3000 }), encoder!.design.timeframes);
    const { vectors, rows } = encoder!.encodeHistory(featureTables(featureSetByName("candle16"), candles));
    expect(rows.length).toBeGreaterThan(1000);
    expect(vectors.every(Number.isFinite)).toBe(true);
  });
});
