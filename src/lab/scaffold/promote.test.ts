import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Feature } from "../../lib/features/feature.ts";
import { promoteValue } from "./promote.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A mean over the closes of days, one value for each, NaN until `count` of them have closed. */
function meanOfDays(count: number): Feature {
  return {
    ...{ id: "mean-of-days", version: 1, params: {}, outputs: ["meanOfDays"] },
    inputs: [{ symbol: "self", timeframe: "1d", column: "close" }],
    warmUp: { first: 14, settled: 14 },
    start() {
      const days: number[] = [];
      return {
        step(inputs, out, at) {
          const close = inputs[0]!;
          if (Number.isFinite(close) && close !== days.at(-1)) days.push(close);
          out[at] = days.length < count ? NaN : days.slice(-count).reduce((a, b) => a + b) / count;
        },
      };
    },
  };
}

async function promoted(feature: Feature): Promise<string> {
  const { files } = await promoteValue({
    ...{ what: feature, name: "mean-of-days", says: null, isDryRun: true, root: ROOT },
    cells: ['import type { Feature } from "rhyme";\nconst mine = {} as Feature;'],
    nameOf: (value) => (value === feature ? "mine" : null),
  });
  return files.find(({ path }) => path.endsWith("mean-of-days.test.ts"))!.after;
}

describe("the test that promote writes", () => {
  it("holds a feature that reads days to values, and not to NaN", async () => {
    const said = /toEqual\(\[\["meanOfDays", (.*)\]\]\)/.exec(await promoted(meanOfDays(14)));
    expect(said?.[1]!.split(", ").map((value) => Number.isFinite(Number(value)))).toEqual([true, true, true]);
  });

  it("is refused for a feature that gives no value on the bars that its warm-up asks for", async () => {
    await expect(promoted(meanOfDays(100))).rejects.toThrow(
      /a value of meanOfDays on the newest of 5592 made bars of 5m.*warmUp\.first/s,
    );
  });
});
