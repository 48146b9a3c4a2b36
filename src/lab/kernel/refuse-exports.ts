import type * as TypeScript from "typescript";
import type { Diagnostic } from "./threads.ts";

/** `export` has no meaning in a cell, and tslab would stumble over it with a message about something else. */
export function refuseExports(ts: typeof TypeScript, code: string): Diagnostic[] {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  return file.statements
    .filter((statement) => exports(ts, statement))
    .map((statement) => {
      const start = statement.getStart(file);
      const { line, character } = file.getLineAndCharacterOfPosition(start);
      const message = "A cell cannot export. Leave `export` out: later cells see every name of this one.";
      return { code: 0, line: line + 1, column: character + 1, length: "export".length, message };
    });
}

function exports(ts: typeof TypeScript, statement: TypeScript.Statement): boolean {
  if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)) return true;
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
