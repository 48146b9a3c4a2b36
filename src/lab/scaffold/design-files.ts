import { defaultDesign, designHash } from "../../lib/graph/design.ts";
import type { GraphDesign } from "../../lib/graph/graph-design.ts";
import { changedFile, newFile, type Edit } from "./edits.ts";
import { withEntry, withImport, withRow } from "./insert.ts";
import { camel } from "./names.ts";

const DESIGNS = "src/lib/graph/designs";

/** What a new design is unless one is promoted: the usual one on the usual timeframes, every value of it to be seen. */
export const PLAIN_DESIGN: GraphDesign = defaultDesign(["1d", "1w", "1mo"]);

/** A design is data: a module of its own, a test that holds its hash, its line in the list and its row in the table. */
export function designFiles(name: string, design: GraphDesign, says: string): readonly Edit[] {
  const { timeframes, dilations, cross, crossPairs, weights, windows } = design;
  const plain = { timeframes, dilations, cross, crossPairs, weights, windows };
  const line = `import { ${camel(name)} } from "./${name}.ts";`;
  return [
    newFile(
      `${DESIGNS}/${name}.ts`,
      `import type { GraphDesign } from "../graph-design.ts";

/** ${says.replaceAll("*/", "* /")} */
export const ${camel(name)}: GraphDesign = ${JSON.stringify(plain)};
`,
    ),
    newFile(`${DESIGNS}/${name}.test.ts`, testText(name, designHash(design))),
    changedFile(`${DESIGNS}/every-design.ts`, (text) =>
      withEntry(withImport(text, line), "DESIGNS", `${entryOf(name)},`),
    ),
    changedFile(`${DESIGNS}/README.md`, (text) =>
      withRow(text, "design", [`\`${name}\``, timeframes.join(", "), says]),
    ),
  ];
}

function entryOf(name: string): string {
  return camel(name) === name ? name : `"${name}": ${camel(name)}`;
}

function testText(name: string, hash: string): string {
  return `import { describe, expect, it } from "vitest";
import { byTimeframe } from "../../candles/resample.ts";
import { featureTables } from "../../features/feature-table.ts";
import { logReturn } from "../../features/log-return.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { designHash } from "../design.ts";
import { historyGraph } from "../history-graph.ts";
import { designByName } from "./every-design.ts";
import { ${camel(name)} } from "./${name}.ts";

describe("the design ${name}", () => {
  it("goes by its name and is what it was: encoders fitted on it carry this hash", () => {
    expect(designByName("${name}")).toBe(${camel(name)});
    expect(designHash(${camel(name)})).toBe(
      "${hash}",
    );
  });

  it("joins candles, and every one of them only to later ones", () => {
    const { timeframes } = ${camel(name)};
    const candles = byTimeframe(syntheticCandles({ seed: 1, rows: 300, timeframe: timeframes[0]! }), timeframes);
    const tables = featureTables({ name: "small", features: [logReturn] }, candles);
    const volumes = Object.fromEntries(timeframes.map((timeframe) => [timeframe, candles[timeframe]!.volume]));
    const { senders, receivers, knownAt } = historyGraph(tables, ${camel(name)}, volumes);
    expect(senders.length).toBeGreaterThan(0);
    expect(senders.every((sender, e) => sender < receivers[e]!)).toBe(true);
    expect(senders.every((sender, e) => knownAt[sender]! <= knownAt[receivers[e]!]!)).toBe(true);
  });
});
`;
}
