import { RhymeError } from "../../lib/errors.ts";

export type Scaffold = "design" | "feature" | "notebook";

/** What TypeScript does not let a variable of a module be called. */
const TAKEN = new Set(
  [
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends",
    "false finally for function if implements import in instanceof interface let new null of package private protected",
    "public return static super switch this throw true try typeof undefined var void while with yield",
  ].flatMap((line) => line.split(" ")),
);

/**
 * A name as files bear it: lower case words with hyphens between them.
 * @throws RhymeError "usage" for any other
 */
export function checkedName(kind: Scaffold, name: string): string {
  const shape =
    kind === "notebook" ? /^(\d\d-)?[a-z][a-z0-9]*(-[a-z0-9]+)*$/ : /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
  if (shape.test(name) && !TAKEN.has(name) && name.length <= 40) return name;
  if (TAKEN.has(name))
    throw new RhymeError("usage", {
      place: `name of a ${kind}`,
      expected: "a word that TypeScript leaves free",
      received: JSON.stringify(name),
      remedy: `For example ${name}-${kind}.`,
    });
  throw new RhymeError("usage", {
    place: `name of a ${kind}`,
    expected: "words of lower case letters and digits with hyphens between them, at most 40 characters",
    received: JSON.stringify(name),
    remedy: `For example ${kind === "notebook" ? "13-volume" : "gap-size"}.`,
  });
}

/** `gap-size` → `gapSize`, as code calls it. */
export function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `gap-size` → `GapSize`. */
export function pascal(name: string): string {
  const inner = camel(name);
  return inner[0]!.toUpperCase() + inner.slice(1);
}
