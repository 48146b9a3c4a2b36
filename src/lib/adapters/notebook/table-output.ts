import { html, type Html } from "../html/html.ts";
import { formatCell } from "./format-cell.ts";

/** A table as columns: any list-like of values per name, all of one length. */
export interface TableColumns {
  readonly names: readonly string[];
  readonly rows: number;
  /** Value of a column (by index) in a row. */
  at(column: number, row: number): unknown;
  /** Said under each name, such as its type. */
  readonly kinds?: readonly string[];
}

export interface TableOptions {
  /** Rows shown at most; of a longer table its first and last ones. */
  readonly rows?: number;
  readonly columns?: number;
  readonly caption?: string;
}

const [ROWS, COLUMNS] = [20, 30];
const LONGEST = 48; // characters that stand on one line

/** The rows that are shown: all, or the first and last ones; null stands for those between. */
function shownRows(rows: number, most: number): (number | null)[] {
  if (rows <= most) return Array.from({ length: rows }, (_, i) => i);
  const head = Math.ceil(most / 2);
  const tail = most - head;
  const first = Array.from({ length: head }, (_, i) => i);
  return [...first, null, ...Array.from({ length: tail }, (_, i) => rows - tail + i)];
}

export function tableHtml(table: TableColumns, options: TableOptions = {}): Html {
  const shown = shownRows(table.rows, options.rows ?? ROWS);
  const width = Math.min(table.names.length, options.columns ?? COLUMNS);
  const columns = Array.from({ length: width }, (_, i) => i);
  const isText = columns.map((c) => shown.some((r) => r !== null && isWords(table.at(c, r))));
  const side = (c: number): string => (isText[c] ? "l" : "");
  const hidden = table.names.length - width;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${columns.map(
            (c) => html`<th class="${side(c)}" title="${table.kinds?.[c] ?? ""}">${table.names[c]!}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (r) =>
            html`<tr>
              ${columns.map((c) => cellHtml(r === null ? "…" : formatCell(table.at(c, r)), side(c)))}
            </tr>`,
        )}
      </tbody>
      <caption>
        ${caption(table, options, hidden)}
      </caption>
    </table>
  </div>`;
}

/** Sentences are wrapped, not cut. */
function cellHtml(text: string, side: string): Html {
  return html`<td class="${text.length > LONGEST ? `${side} w` : side}">${text}</td>`;
}

/** Text that is no number: `46.2%` is one, and stands to the right. */
function isWords(value: unknown): boolean {
  return typeof value === "string" && !/^[+−±-]?[\d.,]+ ?%?$/.test(value);
}

export function tableText(table: TableColumns, options: TableOptions = {}): string {
  const shown = shownRows(table.rows, options.rows ?? ROWS);
  const cells = [
    [...table.names],
    ...shown.map((r) => table.names.map((_, c) => (r === null ? "…" : formatCell(table.at(c, r))))),
  ];
  const widths = table.names.map((_, c) => Math.max(...cells.map((row) => row[c]!.length)));
  const lines = cells.map((row) => row.map((cell, c) => cell.padStart(widths[c]!)).join("  "));
  return [...lines, caption(table, options, 0)].join("\n");
}

function caption({ rows, names }: TableColumns, options: TableOptions, hidden: number): string {
  const size = `${rows.toLocaleString("en-GB")} × ${names.length}`;
  const more = hidden > 0 ? `, ${hidden} columns not shown` : "";
  return options.caption === undefined ? size + more : `${options.caption} (${size}${more})`;
}
