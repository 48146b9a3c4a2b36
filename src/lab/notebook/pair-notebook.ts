import { existsSync, readFileSync, statSync } from "node:fs";
import { RhymeError } from "../../lib/errors.ts";
import { notebookText, parseNotebook, type Notebook } from "./notebook-file.ts";
import { fromPercent, toPercent } from "./percent.ts";

export interface Pair {
  readonly ipynb: string;
  readonly twin: string;
}

export type Side = "ipynb" | "ts";

/** Both files of a notebook, whichever was named. */
export function pairOf(file: string): Pair {
  if (!/\.(ipynb|ts)$/.test(file))
    throw new RhymeError("usage", {
      place: file,
      expected: "a notebook (.ipynb) or its twin (.ts)",
      received: file,
      remedy: "Name one of the two.",
    });
  const stem = file.replace(/\.(ipynb|ts)$/, "");
  return { ipynb: `${stem}.ipynb`, twin: `${stem}.ts` };
}

/** The notebook as the named file has it. */
export function readNotebook(file: string): Notebook {
  const content = readFileSync(file, "utf8");
  return file.endsWith(".ts") ? fromPercent(content) : parseNotebook(content, file);
}

export interface PairState {
  /** Both are there and hold the same cells. */
  readonly isPaired: boolean;
  /** Which of them was edited last; the only one, where one is missing. */
  readonly newest: Side;
}

export function pairState({ ipynb, twin }: Pair): PairState {
  const [hasFile, hasTwin] = [existsSync(ipynb), existsSync(twin)];
  if (!hasFile && !hasTwin)
    throw new RhymeError("input", {
      place: ipynb,
      expected: "a notebook, or its .ts twin",
      received: "neither",
      remedy: "Check the path.",
    });
  if (!hasFile || !hasTwin) return { isPaired: false, newest: hasFile ? "ipynb" : "ts" };
  const newest = statSync(twin).mtimeMs > statSync(ipynb).mtimeMs ? "ts" : "ipynb";
  return { isPaired: toPercent(readNotebook(ipynb)) === readFileSync(twin, "utf8"), newest };
}

/** What both files hold when the one side is taken: cells alike, the notebook without outputs. */
export function pairFrom(pair: Pair, side: Side): { readonly ipynb: string; readonly twin: string } {
  const notebook = readNotebook(side === "ts" ? pair.twin : pair.ipynb);
  return { ipynb: notebookText(notebook), twin: toPercent(notebook) };
}
