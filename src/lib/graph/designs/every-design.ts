import { RhymeError } from "../../errors.ts";
import type { GraphDesign } from "../graph-design.ts";

/** Every design with a name: what the look-ahead harness runs on. A new one is one entry here. */
export const DESIGNS: Readonly<Record<string, GraphDesign>> = {};

/** @throws RhymeError "usage" for a name that is not in DESIGNS */
export function designByName(name: string): GraphDesign {
  const found = Object.hasOwn(DESIGNS, name) ? DESIGNS[name] : undefined;
  if (found) return found;
  throw new RhymeError("usage", {
    place: "graph design",
    expected: `one of ${Object.keys(DESIGNS).join(", ") || "none: no design has a name yet"}`,
    received: JSON.stringify(name),
    remedy: "Choose one of them, make one with ./rhyme new design NAME, or take defaultDesign(timeframes).",
  });
}
