import { RhymeError } from "../../errors.ts";
import type { Feature } from "../../features/feature.ts";
import type { GraphDesign } from "../../graph/graph-design.ts";
import { html } from "../html/html.ts";
import { DISPLAY, notebookHost } from "./host.ts";
import { styled } from "./output-style.ts";
import type { Displayable } from "./show.ts";

export interface PromoteOptions {
  /** What it is for: its docstring and its row in the docs. */
  readonly says?: string;
  /** Shows what would be written. */
  readonly dryRun?: boolean;
}

/**
 * Makes a module of the library out of a graph design or a feature of this notebook: writes the file, its test, its
 * entry in the list that the look-ahead harness runs on and its row in the docs, and shows the changes. What is there
 * is not overwritten; where the very same is there, nothing happens. A feature is taken as its cells declare it, with
 * the functions and constants of other cells that it uses; hand over the function that makes it, if there is one.
 *
 * @throws RhymeError "usage" where something else of that name is there, or outside a notebook
 * @example await promote(design, "wide-daily", { says: "Daily bars that reach further back." })
 */
export async function promote(
  what: GraphDesign | Feature | (() => Feature),
  name: string,
  { says, dryRun = false }: PromoteOptions = {},
): Promise<Displayable> {
  const host = notebookHost();
  if (!host)
    throw new RhymeError("usage", {
      place: `promote(…, ${JSON.stringify(name)})`,
      expected: "a cell of a notebook",
      received: "a script",
      remedy: "Run it in ./rhyme lab, or start from ./rhyme new.",
    });
  const { files, diff } = await host.promote(what, name, { says: says ?? null, isDryRun: dryRun });
  const [would, was] = [dryRun ? "would be " : "", `${name} is there already, just like this`];
  const head = files.length === 0 ? was : `${would}written: ${files.map(({ path }) => path).join(", ")}`;
  const lines = diff.split("\n").map((line) => {
    const kind = /^(---|\+\+\+|@@)/.test(line)
      ? "soft"
      : line.startsWith("+")
        ? "mark"
        : line.startsWith("-")
          ? "bad"
          : "";
    return html`<span class="${kind}">${line}</span> `;
  });
  return {
    [DISPLAY]: () => ({
      "text/html": styled(
        html`<p class="head">${head}</p>`,
        files.length > 0 ? html`<pre>${lines}</pre>` : null,
      ),
      "text/plain": files.length > 0 ? `${head}\n${diff}` : head,
    }),
  };
}
