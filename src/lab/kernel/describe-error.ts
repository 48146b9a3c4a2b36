import { SourceMap } from "node:module";
import { inspect, stripVTControlCharacters } from "node:util";
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

const FRAME = /In \[\d+\]:\d+:\d+/g;
const KERNEL = /[\\/]src[\\/]lab[\\/]kernel[\\/]|\bnode:|\(<anonymous>\)/;

/** Whatever was thrown, as Jupyter wants it: the stack in the cell's own lines, and what to do where that is known. */
export async function describeError(thrown: unknown, maps: CellMaps): Promise<CellError> {
  if (thrown === INTERRUPTED || (thrown instanceof Error && thrown.cause === INTERRUPTED))
    return { ename: "Interrupted", evalue: INTERRUPTED.message, traceback: [INTERRUPTED.message] };
  if (!(thrown instanceof Error)) return describeValue(thrown);
  const ename = thrown.name || "Error";
  const evalue = thrown.message
    .replace(/\nRequire stack:[^]*$/, ".")
    .replace(/ imported from \S*[\\/]src[\\/]lab[\\/]kernel[\\/]\S+$/, ".");
  const hint = hintFor(thrown);
  const frames = (thrown.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !KERNEL.test(line));
  const traceback = [
    `${ename}: ${evalue}`,
    ...(hint === null ? [] : [hint]),
    ...frames.map((line) => line.replace(FRAME, (at) => place(at, maps))),
    ...causes(thrown),
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
  return [
    `caused by ${cause instanceof Error ? `${cause.name}: ${cause.message}` : inspect(cause, { depth: 1 })}`,
  ];
}

/** What Node says tersely, and what can be done about it. */
function hintFor(error: Error): string | null {
  const { code, path } = error as Error & { readonly code?: string; readonly path?: string };
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
