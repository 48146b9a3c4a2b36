import type { Cell } from "./notebook-file.ts";

/** A parameter as a run set it. */
export interface SetParameter {
  readonly name: string;
  readonly value: unknown;
  /** What stands in the notebook. */
  readonly before: unknown;
}

/** How prose begins that reports what was found with the values that stand in the notebook. */
const REPORTED = /^[*_]+With the parameters as they stand\b/;

/**
 * The cells with a note at the top and above all prose that reports results, where a run set something else than what
 * that prose was written for.
 */
export function withRunNotes(cells: readonly Cell[], given: readonly SetParameter[]): readonly Cell[] {
  const other = given.filter(({ value, before }) => JSON.stringify(value) !== JSON.stringify(before));
  if (other.length === 0) return cells;
  const set = other.map(
    ({ name, value, before }) =>
      `${code(`${name} = ${JSON.stringify(value)}`)} instead of ${code(JSON.stringify(before))}`,
  );
  const note = (says: string): Cell => ({
    kind: "markdown",
    source: `> **This run set ${set.join(", ")}.** ${says}`,
    tags: ["run-note"],
  });
  const top = note(
    "What the text says was found is of the values that stand in the notebook; what this run found is in the outputs.",
  );
  const here = note("What follows was written for the values that stand in the notebook, not for this run.");
  const marked = cells.flatMap((cell) =>
    cell.kind === "markdown" && REPORTED.test(cell.source) ? [here, cell] : [cell],
  );
  const first = cells[0]?.kind === "markdown" ? 1 : 0; // the title stays on top
  return marked.toSpliced(first, 0, top);
}

/** As Markdown writes it whatever it holds. */
function code(text: string): string {
  const fence = "`".repeat(1 + Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)));
  return `${fence}${fence.length > 1 ? ` ${text} ` : text}${fence}`;
}
