import { createHash } from "node:crypto";
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
  /** Which of them was edited, or where that is not known, edited last; the only one, where one is missing. */
  readonly newest: Side;
  /** Both were edited since they were paired, each in another way. */
  readonly isTorn: boolean;
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
  if (!hasFile || !hasTwin) return { isPaired: false, newest: hasFile ? "ipynb" : "ts", isTorn: false };
  const notebook = parseNotebook(readFileSync(ipynb, "utf8"), ipynb);
  const [inFile, inTwin] = [toPercent(notebook), readFileSync(twin, "utf8")];
  const isPaired = inFile === inTwin;
  const later = statSync(twin).mtimeMs > statSync(ipynb).mtimeMs ? "ts" : "ipynb";
  const { paired } = notebook;
  if (paired === null || isPaired) return { isPaired, newest: later, isTorn: false };
  const [fileEdited, twinEdited] = [inFile, toPercent(fromPercent(inTwin))].map(
    (text) => hash(text) !== paired,
  );
  const newest = fileEdited === twinEdited ? later : fileEdited ? "ipynb" : "ts";
  return { isPaired, newest, isTorn: fileEdited! && twinEdited! };
}

/**
 * What both files hold when the one side is taken: cells alike, the notebook without outputs. Without a side it is the
 * one that was edited.
 * @throws RhymeError "input" where both were edited and no side is named
 */
export function pairFrom(pair: Pair, side: Side | null): { readonly ipynb: string; readonly twin: string } {
  const notebook = readNotebook((side ?? editedSide(pair)) === "ts" ? pair.twin : pair.ipynb);
  const twin = toPercent(notebook);
  return { ipynb: notebookText(notebook, [], hash(twin)), twin };
}

function editedSide(pair: Pair): Side {
  const { newest, isTorn } = pairState(pair);
  if (!isTorn) return newest;
  throw new RhymeError("input", {
    place: pair.ipynb,
    expected: "edits of the notebook or of its .ts twin since they were paired",
    received: "edits of both, not alike",
    remedy: "Name the one to keep with --from ipynb or --from ts; the edits of the other are lost.",
  });
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
