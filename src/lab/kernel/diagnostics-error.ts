import type { CellError, Diagnostic } from "./threads.ts";

/** What the type checker found, with the line that each mistake is in; the cell has not run at all. */
export function diagnosticsError(code: string, diagnostics: readonly Diagnostic[]): CellError {
  const lines = code.split("\n");
  const traceback = diagnostics.map(({ line, column, length, message, code: number }) => {
    const text = lines[line - 1] ?? "";
    const mark =
      " ".repeat(Math.max(0, column - 1)) +
      "~".repeat(Math.max(1, Math.min(length, text.length - column + 1)));
    const name = number === 0 ? "" : `TS${number}: `;
    return `${line}:${column} ${name}${message}\n\n${text}\n${mark}\n`;
  });
  const { line, column, message } = diagnostics[0]!;
  const more = diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : "";
  return {
    ename: "TypeScript",
    evalue: `${line}:${column} ${message}${more}`,
    traceback: [...traceback, "The cell was not run."],
  };
}
