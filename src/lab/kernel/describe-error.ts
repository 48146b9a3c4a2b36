import { SourceMap } from "node:module";
import { isAbsolute, resolve } from "node:path";
import { inspect, stripVTControlCharacters } from "node:util";
import type { RhymeErrorFields } from "../../lib/errors.ts";
import { cutLines, cutText } from "./cut-text.ts";
import type { CellError, CompiledCell } from "./threads.ts";

/** By the name that stands in a stack; see `cellName`. */
export type CellMaps = Map<string, CompiledCell>;

export const cellName = (count: number): string => `In [${count}]`;

/** What an interrupted cell ends with, and the reason of its aborted signal. */
export const INTERRUPTED = Object.assign(
  new Error("Interrupted. The kernel lives, and so do all variables."),
  {
    name: "Interrupted",
  },
);

const MOST_ERRORS = 10;
const FRAME = /In \[\d+\]:\d+:\d+/g;
const KERNEL = /[\\/]src[\\/]lab[\\/]kernel[\\/]|\bnode:|\(<anonymous>\)/;

/**
 * Whatever was thrown, as Jupyter wants it: the stack in the cell's own lines, and what to do where that is known.
 * Never throws, and gives texts only, whatever the thrown value does when it is looked at.
 */
export function describeError(thrown: unknown, maps: CellMaps): CellError {
  try {
    const { ename, evalue, traceback } = describe(thrown, maps);
    return { ename: cutText(ename), evalue: cutText(evalue), traceback: cutLines(traceback) };
  } catch {
    const evalue = "Something that cannot be described: looking at it throws an error itself.";
    return { ename: "Thrown", evalue, traceback: [`Thrown: ${evalue}`] };
  }
}

function describe(thrown: unknown, maps: CellMaps): CellError {
  if (thrown === INTERRUPTED || (thrown instanceof Error && thrown.cause === INTERRUPTED))
    return { ename: "Interrupted", evalue: INTERRUPTED.message, traceback: [INTERRUPTED.message] };
  if (!(thrown instanceof Error)) return describeValue(thrown);
  const ename = text(() => thrown.name) || "Error";
  const evalue = text(() => thrown.message)
    .replace(/\nRequire stack:[^]*$/, ".")
    .replace(/ imported from \S*[\\/]src[\\/]lab[\\/]kernel[\\/]\S+$/, ".");
  const hint = hintFor(thrown);
  const frames = text(() => thrown.stack)
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !KERNEL.test(line));
  const traceback = [
    `${ename}: ${evalue}`,
    ...(hint === null ? [] : [hint]),
    ...excerpt(thrown),
    ...frames.map((line) => line.replace(FRAME, (at) => place(at, maps))),
    ...causes(thrown),
    ...together(thrown),
  ];
  return { ename, evalue: hint === null ? evalue : `${evalue} ${hint}`, traceback };
}

function describeValue(thrown: unknown): CellError {
  const said = typeof thrown === "string" ? thrown : stripVTControlCharacters(inspect(thrown, { depth: 2 }));
  const evalue = said === "" ? "(an empty string)" : said;
  const hint = "This was thrown as a plain value, so nothing tells where: throw new Error(…) instead.";
  return { ename: "Thrown", evalue, traceback: [`Thrown: ${evalue}`, hint] };
}

function causes({ cause }: Error): string[] {
  if (cause === undefined) return [];
  return [`caused by ${shortly(cause)}`];
}

/** The errors that an AggregateError holds. */
function together(error: Error): string[] {
  const { errors } = error as Error & { readonly errors?: unknown };
  if (!Array.isArray(errors)) return [];
  const more = errors.length > MOST_ERRORS ? [`and ${errors.length - MOST_ERRORS} more`] : [];
  return [...errors.slice(0, MOST_ERRORS).map((one) => `of these: ${shortly(one)}`), ...more];
}

function shortly(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return `${text(() => thrown.name)}: ${text(() => thrown.message)}`;
    return stripVTControlCharacters(inspect(thrown, { depth: 1 }));
  } catch {
    return "something that cannot be described";
  }
}

/** Where a file with a mistake of syntax is wrong: what Node writes before the stack. */
function excerpt(error: Error): string[] {
  const head = text(() => error.stack).split(/^\w*Error\b/m)[0]!;
  const lines = head.split("\n").filter((line) => line.trim() !== "");
  const [, file, line] = /^(?:file:\/\/)?(\/.+):(\d+)$/.exec(lines[0] ?? "") ?? [];
  if (file === undefined || KERNEL.test(file)) return [];
  return [`in ${decodeURI(file).replace(/\?v=\d+$/, "")}:${line}`, ...lines.slice(1, 4)];
}

/** A cell may have put anything there; a stack throws where the name is a symbol. */
function text(ask: () => unknown): string {
  try {
    const value = ask();
    return typeof value === "string" ? value : value === undefined ? "" : inspect(value);
  } catch {
    return "";
  }
}

/** What Node says tersely, and what can be done about it. */
function hintFor(error: Error): string | null {
  const { code, path, fields } = error as Error & {
    readonly code?: string;
    readonly path?: string;
    readonly fields?: Partial<RhymeErrorFields>;
  };
  if (fields?.received === "no such file" && !isAbsolute(fields.place ?? ""))
    return `Looked for ${resolve(fields.place ?? "")}: paths start at the notebook's folder, or name it from the root.`;
  switch (code) {
    case "ENOENT":
      return `There is no ${path ?? "such file"}: paths are relative to ${process.cwd()}.`;
    case "ERR_MODULE_NOT_FOUND":
    case "MODULE_NOT_FOUND":
      return "Check the path (with its .ts), or install the package with npm.";
    case "EACCES":
      return "Check who may read it.";
    case "ERR_REQUIRE_ASYNC_MODULE":
      return "Use await import(…) for this module.";
    case undefined:
    default:
      return null;
  }
}

/** `In [3]:2:7` of what ran → of what was typed. */
function place(at: string, maps: CellMaps): string {
  const [, name, line, column] = /^(In \[\d+\]):(\d+):(\d+)$/.exec(at)!;
  const cell = maps.get(name!);
  if (!cell) return at;
  let found = { line: Number(line) - 1, column: Number(column) - 1 };
  for (const map of cell.maps) {
    const entry = new SourceMap(JSON.parse(map)).findEntry(found.line, found.column);
    if (!("originalLine" in entry)) return at;
    found = { line: entry.originalLine, column: entry.originalColumn };
  }
  return `${name}:${found.line - cell.prefixLines + 1}:${found.column + 1}`;
}
