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

/** Names of what the kernel hands to a cell: one that declared them would hide it from its own code. */
const RESERVED = /^(exports|__imports?|__meta)$/;

/** Declares a cell any of them, at its top or within a function? */
export function refuseReserved(ts: typeof TypeScript, code: string): Diagnostic[] {
  if (!/\b(exports|__imports?|__meta)\b/.test(code)) return [];
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  const found: Diagnostic[] = [];
  const visit = (node: TypeScript.Node): void => {
    const name = declaredName(ts, node);
    if (name && RESERVED.test(name.text)) {
      const { line, character } = file.getLineAndCharacterOfPosition(name.getStart(file));
      const message = `The kernel itself uses the name ${name.text} in every cell. Take another name.`;
      found.push({ code: 0, line: line + 1, column: character + 1, length: name.text.length, message });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function declaredName(ts: typeof TypeScript, node: TypeScript.Node): TypeScript.Identifier | null {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isClassDeclaration(node) ||
    ts.isClassExpression(node) ||
    ts.isImportClause(node) ||
    ts.isNamespaceImport(node) ||
    ts.isImportSpecifier(node);
  if (!declares || !node.name || !ts.isIdentifier(node.name)) return null;
  const isType = ts.isParameter(node) && ts.isFunctionTypeNode(node.parent);
  return isType ? null : node.name;
}
