import type { Cell, Notebook } from "./notebook-file.ts";

// A notebook as TypeScript that one can read, check and compare: every cell begins with a line `// %%`.

const MARK = /^\/\/ %%(?: \[(markdown|raw)\])?((?: [a-z]+=\S.*)?)$/;
// A line of a cell that looks like a mark carries a backslash more for each time that it was written.
const ESCAPED = /^(\/\/ \\*)(%%)/;
const WRITTEN = /^(\/\/ \\*)\\(%%)/;

/** Cells → text of the .ts twin. `fromPercent` gives the very same cells back. */
export function toPercent({ cells }: Notebook): string {
  return cells.map((cell) => `${markOf(cell)}\n${bodyOf(cell)}`).join("\n");
}

function markOf({ kind, tags }: Cell): string {
  const name = kind === "code" ? "" : ` [${kind}]`;
  return `// %%${name}${tags.length > 0 ? ` tags=${JSON.stringify(tags)}` : ""}`;
}

function bodyOf({ kind, source }: Cell): string {
  if (source === "") return "";
  const lines = source.split("\n");
  const written = kind === "code" ? lines : lines.map((line) => (line === "" ? "//" : `// ${line}`));
  return `${written.map((line) => line.replace(ESCAPED, "$1\\$2")).join("\n")}\n`;
}

/** Text of a .ts twin → cells. What stands before the first mark is a code cell, unless it is blank. */
export function fromPercent(text: string): Notebook {
  const cells: Cell[] = [];
  let [mark, lines]: [RegExpExecArray | null, string[]] = [null, []];
  const close = (): void => {
    const cell = cellOf(mark, lines);
    if (mark !== null || cell.source.trim() !== "") cells.push(cell);
  };
  for (const line of text.replaceAll("\r\n", "\n").split("\n")) {
    const found = MARK.exec(line);
    if (!found) {
      lines.push(line);
      continue;
    }
    close();
    [mark, lines] = [found, []];
  }
  close();
  return { cells };
}

function cellOf(mark: RegExpExecArray | null, lines: readonly string[]): Cell {
  const kind = (mark?.[1] ?? "code") as Cell["kind"];
  // The empty line between two cells, and the last line break of a file, belong to the layout.
  const own = (lines.at(-1) === "" ? lines.slice(0, -1) : lines).map((line) => line.replace(WRITTEN, "$1$2"));
  const source = (kind === "code" ? own : own.map((line) => line.replace(/^\/\/ ?/, ""))).join("\n");
  return { kind, source, tags: tagsOf(mark?.[2] ?? "") };
}

function tagsOf(options: string): string[] {
  const found = /tags=(\[.*\])/.exec(options);
  if (!found) return [];
  try {
    const tags = JSON.parse(found[1]!) as unknown;
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  } catch {
    return [];
  }
}
