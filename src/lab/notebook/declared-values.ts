import { createRequire } from "node:module";
import type * as TypeScript from "typescript";
import { RhymeError } from "../../lib/errors.ts";

/**
 * What `const` and `let` of a cell declare: name → value.
 * @throws RhymeError "input" for a value that is no literal: nothing but running the cell could tell it
 */
export function declaredValues(source: string): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  if (source.trim() === "") return values;
  // Only here, because no other command needs the compiler at its start.
  const ts = createRequire(import.meta.url)("typescript") as Ts;
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const one of statement.declarationList.declarations) {
      const value = one.initializer && ts.isIdentifier(one.name) ? valueOf(ts, one.initializer) : NONE;
      if (value === NONE) throw notLiteral(file, one);
      values.set(one.name.getText(file), value);
    }
  }
  return values;
}

type Ts = typeof TypeScript;

const NONE = Symbol("no literal");

function valueOf(ts: Ts, node: TypeScript.Expression): unknown {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return valueOf(ts, node.expression);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isPrefixUnaryExpression(node)) return signed(ts, node);
  if (ts.isArrayLiteralExpression(node)) return all(node.elements.map((one) => valueOf(ts, one)));
  if (ts.isObjectLiteralExpression(node)) return objectOf(ts, node);
  const { TrueKeyword, FalseKeyword, NullKeyword } = ts.SyntaxKind;
  if (node.kind === TrueKeyword || node.kind === FalseKeyword) return node.kind === TrueKeyword;
  return node.kind === NullKeyword ? null : NONE;
}

function signed(ts: Ts, { operator, operand }: TypeScript.PrefixUnaryExpression): unknown {
  const value = valueOf(ts, operand);
  if (typeof value !== "number") return NONE;
  if (operator === ts.SyntaxKind.MinusToken) return -value;
  return operator === ts.SyntaxKind.PlusToken ? value : NONE;
}

function objectOf(ts: Ts, { properties }: TypeScript.ObjectLiteralExpression): unknown {
  const entries = properties.map((one) => {
    if (!ts.isPropertyAssignment(one) || ts.isComputedPropertyName(one.name)) return NONE;
    return all([one.name.text, valueOf(ts, one.initializer)]);
  });
  const whole = all(entries);
  return whole === NONE ? NONE : Object.fromEntries(whole as [string, unknown][]);
}

function all(values: readonly unknown[]): unknown {
  return values.includes(NONE) ? NONE : values;
}

function notLiteral(file: TypeScript.SourceFile, node: TypeScript.VariableDeclaration): RhymeError {
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return new RhymeError("input", {
    place: `the cell of the parameters, line ${line + 1}`,
    expected: "const NAME = a number, a text, true, false, null, or a list or object of these",
    received: node.getText(file),
    remedy: "Write the value itself; work it out in the next cell.",
  });
}
