import { RhymeError } from "../errors.ts";
import { canonicalJson, hashParts } from "../math/hash.ts";
import { assertNested, sortTimeframes, type Timeframe } from "../time/timeframe.ts";
import type { GraphDesign } from "./graph-design.ts";

const DILATIONS: readonly number[] = [1, 2, 4, 8, 16, 32];
const WINDOW = 48;

/** What of a design may be chosen; `windows` may name some timeframes only. */
export type DesignOptions = Partial<Omit<GraphDesign, "timeframes" | "windows">> & {
  readonly windows?: Readonly<Record<Timeframe, number>>;
};

/**
 * The design used unless another is asked for: dilated temporal edges that reach 64 bars back in two layers, cross edges
 * both ways between neighbouring timeframes, no weights, windows of 48 rows. Timeframes are sorted fine to coarse.
 *
 * @throws RhymeError "usage" where timeframes do not nest or a value is out of range.
 * @example defaultDesign(["1d", "1w", "1mo"], { weights: "timeDistance" })
 */
export function defaultDesign(timeframes: readonly Timeframe[], options: DesignOptions = {}): GraphDesign {
  const sorted = sortTimeframes(timeframes);
  const design: GraphDesign = {
    timeframes: sorted,
    dilations: options.dilations ?? DILATIONS,
    cross: options.cross ?? ["down", "up"],
    crossPairs: options.crossPairs ?? "adjacent",
    weights: options.weights ?? "none",
    windows: Object.fromEntries(
      sorted.map((timeframe) => [timeframe, options.windows?.[timeframe] ?? WINDOW]),
    ),
  };
  for (const named of Object.keys(options.windows ?? {}))
    if (!sorted.includes(named))
      throw wrong("windows", `only timeframes of the design (${sorted.join(", ")})`, named);
  assertDesign(design);
  return design;
}

/** @throws RhymeError "usage" naming the first value that no graph can be built from. */
export function assertDesign(design: GraphDesign): void {
  const { timeframes, dilations, cross, windows } = design;
  if (timeframes.length === 0) throw wrong("timeframes", "at least one timeframe", "none");
  if (sortTimeframes(timeframes).join() !== timeframes.join())
    throw wrong(
      "timeframes",
      `distinct, fine to coarse: ${sortTimeframes(timeframes).join(", ")}`,
      timeframes.join(", "),
    );
  assertNested(timeframes);
  let before = 0;
  for (const d of dilations) {
    if (!Number.isInteger(d) || d <= before)
      throw wrong("dilations", "ascending whole numbers from 1", dilations.join(", "));
    before = d;
  }
  if (cross.some((kind, i) => (kind !== "down" && kind !== "up") || cross.indexOf(kind) !== i))
    throw wrong("cross", '"down" and "up", each at most once', cross.join(", "));
  if (!["adjacent", "all"].includes(design.crossPairs))
    throw wrong("crossPairs", '"adjacent" or "all"', design.crossPairs);
  if (!["none", "volume", "timeDistance"].includes(design.weights))
    throw wrong("weights", '"none", "volume" or "timeDistance"', design.weights);
  for (const timeframe of timeframes) {
    const rows = windows[timeframe];
    if (rows === undefined || !Number.isInteger(rows) || rows < 1)
      throw wrong(`windows.${timeframe}`, "a whole number of rows, at least 1", String(rows));
  }
}

function wrong(field: string, expected: string, received: string): RhymeError {
  return new RhymeError("usage", {
    place: `graph design, ${field}`,
    expected,
    received,
    remedy: "Correct the design.",
  });
}

/**
 * Hex SHA-256 of everything that decides which graph is built: part of every encoder version. Equal designs hash
 * equally however their keys and their cross kinds are ordered.
 */
export function designHash(design: GraphDesign): string {
  const { timeframes, dilations, cross, crossPairs, weights, windows } = design;
  const only = Object.fromEntries(timeframes.map((timeframe) => [timeframe, windows[timeframe]]));
  const plain = { timeframes, dilations, cross: [...cross].sort(), crossPairs, weights, windows: only };
  return hashParts("rhyme.graph-design/1", canonicalJson(plain));
}
