// Plain text for a terminal of 100 columns.

const WIDTH = 100;

/** Columns two spaces apart; the first `left` flush left, the rest flush right. */
export function aligned(rows: readonly (readonly string[])[], left: number): string {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, c) => (c < left ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Breaks at spaces; lines that are set already stay as they are. */
export function paragraph(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.length <= WIDTH ? plain(line) : wrap(plain(line))))
    .join("\n");
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((w) => w.match(new RegExp(`.{1,${WIDTH}}`, "gu")) ?? [])) {
    if (line && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].join("\n");
}

/** At most `width` characters. */
export function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Without control characters and marks that reverse the direction of writing. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "");
}
