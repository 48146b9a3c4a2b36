import type * as TypeScript from "typescript";
import { liftStatements } from "./lift-statements.ts";
import type { CellImport } from "./threads.ts";

type Ts = typeof TypeScript;

export interface EmittedCell {
  readonly body: string;
  readonly imports: readonly CellImport[];
  readonly declares: readonly string[];
  /** From the body to the code that was given, one after the other. */
  readonly maps: readonly string[];
}

/**
 * An ES module (a cell, as tslab hands it over) → the body of a function of (exports, __imports, __import, __meta).
 * Every name of the top level, and every one that earlier cells declared, becomes a property of `exports`, read and
 * written there wherever it is used. So a function of one cell sees what a later cell assigns or declares anew, as in
 * Python's notebooks.
 */
export function emitCell(ts: Ts, code: string, known: Iterable<string>): EmittedCell {
  const imports: CellImport[] = [];
  const declares = new Set<string>();
  const lifted = translate(ts, code, ts.ModuleKind.ESNext, {
    before: [(context) => (file) => liftStatements(ts, context, file, imports, declares)],
  });
  const earlier = [...known].filter((name) => !declares.has(name));
  // At the end, where they move nothing: TypeScript then takes all of them for exports of this module.
  const tail = earlier.length > 0 ? `\nexport let ${earlier.join(", ")};\n` : "";
  const text = lifted.outputText + tail;
  const body = translate(ts, text, ts.ModuleKind.CommonJS, {
    after: [() => (file) => withoutPreamble(ts, file)],
  });
  const maps = [body.sourceMapText!, lifted.sourceMapText!];
  return { body: body.outputText, imports, declares: [...declares], maps };
}

function translate(
  ts: Ts,
  code: string,
  module: TypeScript.ModuleKind,
  transformers: TypeScript.CustomTransformers,
): TypeScript.TranspileOutput {
  const { ESNext: target } = ts.ScriptTarget;
  const newLine = ts.NewLineKind.LineFeed;
  const compilerOptions = { module, target, newLine, sourceMap: true, removeComments: true };
  return ts.transpileModule(code, { fileName: "cell.js", compilerOptions, transformers });
}

/**
 * Leaves out what TypeScript writes at the top of a CommonJS module: `exports.a = void 0` would forget the value that
 * an earlier run of the cell gave, even if this run fails before it gives a new one.
 */
function withoutPreamble(ts: Ts, file: TypeScript.SourceFile): TypeScript.SourceFile {
  const isPreamble = (statement: TypeScript.Statement): boolean => {
    if (!ts.isExpressionStatement(statement)) return false;
    let value = statement.expression;
    if (ts.isCallExpression(value)) {
      const [target, key] = value.arguments;
      return (
        target !== undefined &&
        ts.isIdentifier(target) &&
        target.text === "exports" &&
        key !== undefined &&
        ts.isStringLiteral(key) &&
        key.text === "__esModule"
      );
    }
    if (!ts.isBinaryExpression(value)) return false;
    while (ts.isBinaryExpression(value) && value.operatorToken.kind === ts.SyntaxKind.EqualsToken)
      value = value.right;
    return ts.isVoidExpression(value) && statement.pos < 0;
  };
  return ts.factory.updateSourceFile(
    file,
    file.statements.filter((statement) => !isPreamble(statement)),
  );
}
