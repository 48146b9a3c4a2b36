import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RhymeError } from "../../lib/errors.ts";
import { lineDiff } from "./line-diff.ts";

/** One file as it is to be: made anew, or changed where it is there already. */
export interface Edit {
  /** From the root of the checkout. */
  readonly path: string;
  /** What it is made of: null for a file that may not be there yet. */
  readonly change: ((before: string) => string) | null;
  /** The whole of a new file. */
  readonly text: string;
}

export const newFile = (path: string, text: string): Edit => ({ path, change: null, text });
export const changedFile = (path: string, change: (before: string) => string): Edit => ({
  path,
  change,
  text: "",
});

export interface Planned {
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
}

export interface Plan {
  readonly files: readonly Planned[];
  /** All changes, to be read. */
  readonly diff: string;
}

/**
 * What the edits come to, laid out as the project lays out its files. Nothing is written.
 * @throws RhymeError "usage" where a file is there that would be overwritten with something else
 */
export async function planEdits(root: string, edits: readonly Edit[]): Promise<Plan> {
  if (!existsSync(join(root, "src/lib")))
    throw new RhymeError("usage", {
      place: root,
      expected: "a checkout with the sources of rhyme",
      received: "no src/lib",
      remedy: "Work in a clone of the repository.",
    });
  const files: Planned[] = [];
  for (const { path, change, text } of edits) {
    const file = join(root, path);
    const before = existsSync(file) ? readFileSync(file, "utf8") : null;
    if (change && before === null) throw new Error(`${path} is not there`);
    const after = await formatted(root, path, change ? change(before!) : text);
    if (!change && before !== null && before !== after) throw wouldOverwrite(path, before, after);
    if (before !== after) files.push({ path, before, after });
  }
  return { files, diff: files.map(({ path, before, after }) => lineDiff(path, before, after)).join("\n") };
}

/** All of it, or nothing: what was written is taken back where something cannot be. */
export function writePlan(root: string, { files }: Plan): void {
  const done: Planned[] = [];
  try {
    for (const one of files) {
      const file = join(root, one.path);
      mkdirSync(dirname(file), { recursive: true });
      done.push(one);
      writeFileSync(file, one.after, { flag: one.before === null ? "wx" : "w" });
    }
  } catch (error) {
    for (const { path, before } of done)
      if (before === null) rmSync(join(root, path), { force: true });
      else writeFileSync(join(root, path), before);
    throw error;
  }
}

/** By Prettier, whose settings stand at the root; notebooks are laid out as Jupyter does. */
async function formatted(root: string, path: string, text: string): Promise<string> {
  if (path.endsWith(".ipynb")) return text;
  const prettier = await import("prettier");
  const settings = await prettier.resolveConfig(join(root, path));
  return prettier.format(text, { ...settings, filepath: path });
}

function wouldOverwrite(path: string, before: string, after: string): RhymeError {
  return new RhymeError("usage", {
    place: path,
    expected: "no such file yet, or the very same",
    received: `another one; overwriting it would mean\n${lineDiff(path, before, after)}`,
    remedy: "Choose another name, or remove it first.",
  });
}
