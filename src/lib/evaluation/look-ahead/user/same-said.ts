import type { Outcome } from "./caller.ts";
import { sameValues } from "./compare.ts";

/** Columns about which two calls on the same candles do not say the same, with what is different in words. */
export function differingColumns(a: Outcome, b: Outcome): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (a.kind !== "said" && b.kind !== "said") return found;
  if (a.kind !== "said" || b.kind !== "said") {
    const [said, other] = a.kind === "said" ? [a, b] : [b as typeof a & { kind: "said" }, a];
    const failed = other.kind === "said" ? "" : `: once it ${other.kind} (${other.message})`;
    if (said.kind === "said") for (const name of said.columns.keys()) found.set(name, failed);
    return found;
  }
  for (const name of new Set([...a.columns.keys(), ...b.columns.keys()])) {
    const [x, y] = [a.columns.get(name), b.columns.get(name)];
    if (x === undefined || y === undefined) found.set(name, ": once it is not there");
    else if (!(x instanceof Float64Array) || !(y instanceof Float64Array)) {
      if (x instanceof Float64Array || y instanceof Float64Array)
        found.set(name, ": once it is no column of numbers");
    } else if (!sameValues(x, y)) found.set(name, difference(x, y));
  }
  return found;
}

function difference(x: Float64Array, y: Float64Array): string {
  if (x.length !== y.length) return `: ${x.length} values, then ${y.length}`;
  const row = x.findLastIndex((value, i) => !Object.is(value, y[i]));
  return `: ${x[row]}, then ${y[row]} at bar ${row}`;
}
