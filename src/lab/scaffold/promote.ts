import { readFileSync } from "node:fs";
import { join } from "node:path";
import { byTimeframe } from "../../lib/candles/resample.ts";
import { RhymeError } from "../../lib/errors.ts";
import { computeFeature } from "../../lib/features/compute-feature.ts";
import type { Feature } from "../../lib/features/feature.ts";
import { assertDesign } from "../../lib/graph/design.ts";
import type { GraphDesign } from "../../lib/graph/graph-design.ts";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { nominalWidth, sortTimeframes, type Timeframe } from "../../lib/time/timeframe.ts";
import { designFiles } from "./design-files.ts";
import { newFile, planEdits, writePlan, type Edit, type Plan } from "./edits.ts";
import { featureEntries, FEATURES } from "./feature-files.ts";
import { libraryFile } from "./library-files.ts";
import { liftDeclaration, type Lifted, type LiftedImport } from "./lift-declaration.ts";
import { camel, checkedName } from "./names.ts";

/** Values of each output to which its test holds it. */
const NEWEST = 3;

/** What a notebook wants to keep, and where it comes from. */
export interface Promotion {
  readonly what: GraphDesign | Feature | (() => Feature);
  readonly name: string;
  readonly says: string | null;
  readonly isDryRun: boolean;
  readonly root: string;
  /** The cells that ran, as they were typed, oldest first. */
  readonly cells: readonly string[];
  /** The name of the top level that holds a value; null where none does. */
  readonly nameOf: (value: unknown) => string | null;
}

/**
 * Writes a design or a feature of a notebook as a module, with its test and its entries; returns what was changed.
 * @throws RhymeError "usage" where it would overwrite something, or is not what it should be
 */
export async function promoteValue(order: Promotion): Promise<Plan> {
  const { what, root } = order;
  const edits = "dilations" in what ? designEdits(what, order) : await featureEdits(what, order);
  const plan = await planEdits(root, edits);
  if (!order.isDryRun) writePlan(root, plan);
  return plan;
}

function designEdits(design: GraphDesign, { name, says }: Promotion): readonly Edit[] {
  assertDesign(design);
  return designFiles(checkedName("design", name), design, says ?? "Promoted from a notebook.");
}

async function featureEdits(what: Feature | (() => Feature), order: Promotion): Promise<readonly Edit[]> {
  const { cells, nameOf, root } = order;
  const name = checkedName("feature", order.name);
  const feature = typeof what === "function" ? what() : what;
  if (feature.id !== name) throw otherId(feature.id, name);
  const own = nameOf(what);
  if (own === null) throw nameless(name);
  const { default: ts } = await import("typescript");
  const lifted = liftDeclaration(ts, cells, own, camel(name));
  const says = order.says ?? "Promoted from a notebook.";
  const call = typeof what === "function" ? `${camel(name)}()` : camel(name);
  return [
    newFile(`${FEATURES}/${name}.ts`, moduleText(root, lifted, says)),
    newFile(`${FEATURES}/${name}.test.ts`, testText(name, call, feature)),
    ...featureEntries(name, call, says),
  ];
}

function moduleText(root: string, { imports, statements }: Lifted, says: string): string {
  const byPath = new Map<string, LiftedImport[]>();
  for (const one of imports) {
    const path = libraryFile(root, "features", one);
    const text = readFileSync(join(root, FEATURES, path), "utf8");
    const isType = one.isType || new RegExp(`^export (interface|type) ${one.imported}\\b`, "m").test(text);
    byPath.set(path, [...(byPath.get(path) ?? []), { ...one, isType }]);
  }
  const lines = [...byPath]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, names]) => importLine(path, names));
  const main = statements.at(-1)!;
  const documented =
    main.includes("/**") && main.indexOf("/**") < main.indexOf("export ")
      ? main
      : `/** ${says.replaceAll("*/", "* /")} */\n${main}`;
  return `${lines.join("\n")}\n\n${[...statements.slice(0, -1), documented].join("\n\n")}\n`;
}

function importLine(path: string, names: readonly LiftedImport[]): string {
  const areTypes = names.every(({ isType }) => isType);
  const spelled = names.map(({ imported, local, isType }) => {
    const as = imported === local ? local : `${imported} as ${local}`;
    return isType && !areTypes ? `type ${as}` : as;
  });
  return `import ${areTypes ? "type " : ""}{ ${spelled.sort().join(", ")} } from "${path}";`;
}

/**
 * Its newest values on made candles, so that nobody changes it unawares.
 * @throws RhymeError "usage" for an output without a value there: such a test would hold it to nothing
 */
function testText(name: string, call: string, feature: Feature): string {
  const others = feature.inputs.flatMap(({ timeframe }) => (timeframe === "own" ? [] : [timeframe]));
  const timeframes = sortTimeframes([...new Set(["5m", ...others])]);
  const [base, rows] = [timeframes[0]!, rowsFor(feature, timeframes)];
  const candles = byTimeframe(syntheticCandles({ seed: 1, rows, timeframe: base }), timeframes);
  const said = Object.entries(computeFeature(feature, candles, base)).map(([output, column]) => {
    if (!column.slice(-NEWEST).some(Number.isFinite)) throw valueless(name, output, rows, base);
    return [output, ...column.slice(-NEWEST)];
  });
  const literal = `[${said.map((row) => `[${row.map((one) => (typeof one === "string" ? JSON.stringify(one) : String(one))).join(", ")}]`).join(", ")}]`;
  return `import { describe, expect, it } from "vitest";
import { byTimeframe } from "../candles/resample.ts";
import { syntheticCandles } from "../testing/candles.ts";
import { computeFeature } from "./compute-feature.ts";
import { EVERY_FEATURE } from "./every-feature.ts";
import { ${camel(name)} } from "./${name}.ts";

describe("${name}", () => {
  it("says what it said in the notebook that it comes from", () => {
    const base = syntheticCandles({ seed: 1, rows: ${rows}, timeframe: "${base}" });
    const columns = computeFeature(${call}, byTimeframe(base, ${JSON.stringify(timeframes)}), "${base}");
    const newest = Object.entries(columns).map(([output, column]) => [output, ...column.slice(-${NEWEST})]);
    expect(newest).toEqual(${literal});
  });

  it("is among the features that every property and the look-ahead harness run on", () => {
    expect(EVERY_FEATURE.map(({ id }) => id)).toContain("${name}");
  });
});
`;
}

/** Bars of the finest timeframe that let the coarsest warm up and go on for a while. */
function rowsFor({ warmUp }: Feature, timeframes: readonly Timeframe[]): number {
  const ratio = nominalWidth(timeframes.at(-1)!) / nominalWidth(timeframes[0]!);
  return (warmUp.first + 5) * ratio + 120;
}

function valueless(name: string, output: string, rows: number, base: Timeframe): RhymeError {
  return new RhymeError("usage", {
    place: `promote(…, "${name}")`,
    expected: `a value of ${output} on the newest of ${rows} made bars of ${base}`,
    received: "no value at all: a test could hold it to nothing",
    remedy: "Say in warmUp.first after how many bars of its coarsest input the first value comes.",
  });
}

function otherId(id: string, name: string): RhymeError {
  return new RhymeError("usage", {
    place: `promote(…, "${name}")`,
    expected: "the feature's own id as its name",
    received: `a feature whose id is ${JSON.stringify(id)}`,
    remedy: `Write id: "${name}", or promote it as it is called.`,
  });
}

function nameless(name: string): RhymeError {
  return new RhymeError("usage", {
    place: `promote(…, "${name}")`,
    expected: "a feature, or a function that makes it, that a cell declares",
    received: "a value without a name of its own",
    remedy: "Give it one: const mine: Feature = { … }, or function mine(): Feature { … }, in a cell before.",
  });
}
