import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import { featureSetByName, outputNames } from "../../features/feature-sets.ts";
import { featureTables } from "../../features/feature-table.ts";
import { sha256Hex } from "../../math/hash.ts";
import { nominalWidth } from "../../time/timeframe.ts";
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

  it("gives the version and the bits it gave when it was made, of numbers that need no logarithm", async () => {
    const [encoder] = await shippedEncoders();
    expect(encoder!.version).toBe("sage2_64_31e2603a98c13cf0");
    const names = outputNames(featureSetByName("candle16"));
    const tables = Object.fromEntries(
      encoder!.design.timeframes.map((timeframe) => {
        const width = nominalWidth(timeframe);
        const rows = Math.floor((4_000 * nominalWidth("5m")) / width);
        const values = Float64Array.from({ length: rows * names.length }, (_, i) => ((i * 7919) % 1009) / 300 - 1.5);
        const openTime = Float64Array.from({ length: rows }, (_, i) => i * width);
        return [timeframe, { timeframe, names, values, openTime, knownAt: openTime.map((t) => t + width) }];
      }),
    );
    const { vectors } = encoder!.encodeHistory(tables);
    expect(vectors.length / 64).toBeGreaterThan(500);
    expect(sha256Hex(new Uint8Array(vectors.buffer))).toBe("ebdaaaa6666259e6f3a8cd81246ba4d7ada8ad22fbe3ad8f36ce9ccaec6b704c");
  });
});
