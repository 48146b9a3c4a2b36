import { changedFile, newFile, type Edit } from "./edits.ts";
import { withEntry, withImport, withRow } from "./insert.ts";
import { camel, pascal } from "./names.ts";

export const FEATURES = "src/lib/features";

/** The line of the list that every property and the look-ahead harness run on, and the row of the folder's table. */
export function featureEntries(name: string, entry: string, says: string): readonly Edit[] {
  return [
    changedFile(`${FEATURES}/every-feature.ts`, (text) =>
      withEntry(
        withImport(text, `import { ${camel(name)} } from "./${name}.ts";`),
        "EVERY_FEATURE",
        `${entry},`,
      ),
    ),
    changedFile(`${FEATURES}/README.md`, (text) => withRow(text, "feature", [`\`${name}\``, says])),
  ];
}

/** What the body of a new feature does, whatever it is to become. */
const SKETCH = "C minus the mean of the last closes, in ATR14";

/**
 * A feature to start from: a sketch that works and calls itself one, in its docstring and its row. Its test says by hand
 * what it makes of twenty bars, and fails where the docs and the body disagree on whether it is a sketch.
 */
export function newFeature(name: string, says: string | null): readonly Edit[] {
  return [
    newFile(`${FEATURES}/${name}.ts`, moduleText(name, says)),
    newFile(`${FEATURES}/${name}.test.ts`, testText(name)),
    ...featureEntries(name, `${camel(name)}()`, `sketch: ${says ?? SKETCH}`),
  ];
}

function moduleText(name: string, says: string | null): string {
  const meant = says === null ? "" : `\n * Meant: ${says.replaceAll("*/", "* /").replaceAll("\n", " ")}`;
  return `import type { Feature } from "./feature.ts";
import { perAtr } from "./kernels/ratios.ts";
import { Ring } from "./kernels/ring.ts";
import { WilderAtr } from "./kernels/true-range.ts";
import { own, WILDER_14_SETTLED } from "./own.ts";

export interface ${pascal(name)}Options {
  /** Closes of the mean, the newest among them. */
  readonly period?: number;
}

/**
 * A sketch: C minus the mean of the last \`period\` closes in units of Wilder ATR14, 0 where nothing moved. Write what it
 * is to be instead, here, in the row of README.md and in the test.${meant}
 */
export function ${camel(name)}({ period = 10 }: ${pascal(name)}Options = {}): Feature {
  return {
    id: "${name}",
    version: 1,
    params: { period, atr: 14 },
    inputs: own("high", "low", "close"),
    outputs: ["${camel(name)}"],
    // Bars before the first value, and bars until an earlier history no longer matters.
    warmUp: { first: Math.max(period - 1, 14), settled: Math.max(period - 1, WILDER_14_SETTLED) },
    start() {
      const atr = new WilderAtr(14);
      const closes = new Ring(period);
      return {
        step(inputs, out, at) {
          const close = inputs[2]!;
          const unit = atr.push(inputs[0]!, inputs[1]!, close);
          closes.push(close);
          out[at] = closes.full ? perAtr(close - closes.mean(), unit, close) : NaN;
        },
      };
    },
  };
}
`;
}

function testText(name: string): string {
  return `import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeSeries } from "../candles/make-series.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { MINUTE } from "../time/units.ts";
import { computeFeature } from "./compute-feature.ts";
import { EVERY_FEATURE } from "./every-feature.ts";
import { ${camel(name)} } from "./${name}.ts";

/** Twenty bars of high 12 and low 9 that close at 11, the last of them at \`last\`. */
function bars(last: number) {
  const column = (value: number): number[] => Array<number>(20).fill(value);
  return makeSeries({
    ...{ timeframe: "5m", calendar: calendar24x7, openTime: column(0).map((_, i) => i * 5 * MINUTE) },
    ...{ open: column(10), high: column(12), low: column(9), close: column(11).with(19, last), volume: column(1) },
  });
}

const newest = (last: number): number =>
  computeFeature(${camel(name)}(), { "5m": bars(last) }, "5m")["${camel(name)}"]!.at(-1)!;

describe("${name}", () => {
  it("is 0 where nothing moves, and (12 − 11.1) / 3 where the last close is one higher", () => {
    expect(newest(11)).toBeCloseTo(0, 12);
    expect(newest(12)).toBeCloseTo(0.3, 12);
  });

  it("is called a sketch, here and in README.md, as long as its body is the sketch's and no longer", () => {
    const isSketch = Math.abs(newest(12) - 0.3) < 1e-12;
    const [code, docs] = ["${name}.ts", "README.md"].map((file) =>
      readFileSync(new URL(file, import.meta.url), "utf8"),
    );
    expect(code!.includes("A sketch: ")).toBe(isSketch);
    expect(/^\\| \`${name}\` +\\| sketch: /m.test(docs!)).toBe(isSketch);
  });

  it("is among the features that every property and the look-ahead harness run on", () => {
    expect(EVERY_FEATURE.map(({ id }) => id)).toContain("${name}");
  });
});
`;
}
