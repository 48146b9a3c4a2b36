import { statSync } from "node:fs";
import { resolve } from "node:path";
import { RhymeError } from "../../lib/errors.ts";
import { declaredValues } from "./declared-values.ts";
import { PARAMETERS, type Notebook } from "./notebook-file.ts";
import { withRunNotes, type SetParameter } from "./run-notes.ts";

/** Marks the cell that a run adds to set what was asked for. */
const INJECTED = "injected-parameters";

/**
 * The notebook with the values that were asked for: set in a cell of their own, right behind the one with the tag
 * `parameters`, which names what may be set; prose that speaks of other values is marked. Also says all parameters as
 * they are then. A text that names a file as seen from `shell` becomes its whole path: the kernel runs elsewhere.
 * @throws RhymeError "input" for a default that is no literal, "usage" for a name that is not declared there, or a value of another kind
 */
export function withParameters(
  { cells }: Notebook,
  wanted: Readonly<Record<string, string>>,
  shell: string,
): { readonly notebook: Notebook; readonly parameters: Readonly<Record<string, unknown>> } {
  const at = cells.findIndex(({ kind, tags }) => kind === "code" && tags.includes(PARAMETERS));
  const declared = declaredValues(cells[at]?.source ?? "");
  const given = Object.entries(wanted).map(([name, value]): SetParameter => {
    if (!declared.has(name)) throw unknownParameter(name, [...declared.keys()]);
    const before = declared.get(name);
    return { name, value: asKindOf(before, name, value, shell), before };
  });
  const parameters: Record<string, unknown> = Object.fromEntries(declared);
  for (const { name, value } of given) parameters[name] = value;
  if (given.length === 0) return { notebook: { cells }, parameters };
  const source = given
    .map(({ name, value }) => `const ${name}${typeSaid(value)} = ${JSON.stringify(value)};`)
    .join("\n");
  const injected = { kind: "code" as const, source: `// set by --param\n${source}`, tags: [INJECTED] };
  const set = [...cells.slice(0, at + 1), injected, ...cells.slice(at + 1)];
  return { notebook: { cells: withRunNotes(set, given) }, parameters };
}

/** Said, or a comparison with the notebook's own default would be refused as always false. */
function typeSaid(value: unknown): string {
  return typeof value === "object" ? "" : `: ${typeof value}`;
}

/** Of the same kind as the value that the notebook has: a symbol called 500 stays text. */
function asKindOf(before: unknown, name: string, value: string, shell: string): unknown {
  const kind = typeof before;
  if (kind === "number" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
  if (kind === "boolean" && /^(true|false)$/.test(value)) return value === "true";
  if (kind === "string") return isFile(resolve(shell, value)) ? resolve(shell, value) : value;
  if (kind !== "object") throw wrongKind(name, kind, value);
  try {
    return JSON.parse(value) as unknown;
  } catch {
    throw wrongKind(name, "JSON", value);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function unknownParameter(name: string, declared: readonly string[]): RhymeError {
  return new RhymeError("usage", {
    place: `--param ${name}`,
    expected:
      declared.length > 0 ? `one of ${declared.join(", ")}` : `a notebook with a cell tagged "${PARAMETERS}"`,
    received: name,
    remedy: "Declare it there with const and a default value.",
  });
}

function wrongKind(name: string, kind: string, value: string): RhymeError {
  return new RhymeError("usage", {
    place: `--param ${name}`,
    expected: `a ${kind}, as in the notebook`,
    received: value,
    remedy: `Write --param ${name}=VALUE.`,
  });
}
