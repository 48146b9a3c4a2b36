import type * as TypeScript from "typescript";
import type { CellImport } from "./threads.ts";

type Ts = typeof TypeScript;

/**
 * Statements of a cell → statements of a module that exports every name of its top level with `export let`: imports
 * and functions first, as they would be hoisted. Fills `imports` and `declares` with what it finds.
 */
export function liftStatements(
  ts: Ts,
  context: TypeScript.TransformationContext,
  file: TypeScript.SourceFile,
  imports: CellImport[],
  declares: Set<string>,
): TypeScript.SourceFile {
  const { factory } = context;
  const hoisted: TypeScript.Statement[] = [];
  const inOrder: TypeScript.Statement[] = [];
  const visit = (node: TypeScript.Node): TypeScript.Node =>
    ts.visitEachChild(replaceModuleSyntax(ts, factory, node), visit, context);
  for (const given of file.statements) {
    if (ts.isExportDeclaration(given)) continue;
    if (ts.isImportDeclaration(given)) {
      const found = importOf(ts, given);
      hoisted.push(...bindings(ts, factory, found, imports.length));
      found.names.forEach(({ local }) => declares.add(local));
      imports.push(found);
      continue;
    }
    const statement = ts.visitNode(given, visit) as TypeScript.Statement;
    for (const name of namesOf(ts, statement)) declares.add(name);
    if (ts.isFunctionDeclaration(statement)) hoisted.push(functionAsVariable(ts, factory, statement));
    else inOrder.push(...exported(ts, factory, statement));
  }
  return factory.updateSourceFile(file, [
    ...hoisted,
    ...inOrder,
    factory.createExportDeclaration(undefined, false, factory.createNamedExports([])),
  ]);
}

/** `import(x)` and `import.meta` have no meaning in a function: they become what the kernel passes in. */
function replaceModuleSyntax(
  ts: Ts,
  factory: TypeScript.NodeFactory,
  node: TypeScript.Node,
): TypeScript.Node {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return factory.updateCallExpression(
      node,
      factory.createIdentifier("__import"),
      undefined,
      node.arguments,
    );
  // tslab writes exports.f() for a function of an earlier cell, which would hand it all variables as its `this`.
  if (ts.isCallExpression(node) && isExported(ts, node.expression)) {
    const bare = factory.createParenthesizedExpression(
      factory.createComma(factory.createNumericLiteral(0), node.expression),
    );
    ts.setTextRange(bare, node.expression);
    return factory.updateCallExpression(node, bare, undefined, node.arguments);
  }
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
    return factory.createIdentifier("__meta");
  return node;
}

function isExported(ts: Ts, node: TypeScript.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === "exports"
  );
}

function importOf(ts: Ts, node: TypeScript.ImportDeclaration): CellImport {
  const names: { local: string; imported: string }[] = [];
  const clause = node.importClause;
  if (clause?.name) names.push({ local: clause.name.text, imported: "default" });
  const bound = clause?.namedBindings;
  if (bound && ts.isNamespaceImport(bound)) names.push({ local: bound.name.text, imported: "*" });
  if (bound && ts.isNamedImports(bound))
    for (const { name, propertyName } of bound.elements)
      names.push({ local: name.text, imported: (propertyName ?? name).text });
  const attributes = Object.fromEntries(
    (node.attributes?.elements ?? []).map(({ name, value }) => [
      name.text,
      (value as TypeScript.StringLiteral).text,
    ]),
  );
  return { specifier: (node.moduleSpecifier as TypeScript.StringLiteral).text, attributes, names };
}

/** `import { a as b } from "m"` → `export let b = __imports[0].a`. */
function bindings(
  ts: Ts,
  factory: TypeScript.NodeFactory,
  { names }: CellImport,
  index: number,
): TypeScript.Statement[] {
  const module = factory.createElementAccessExpression(factory.createIdentifier("__imports"), index);
  return names.map(({ local, imported }) =>
    exportedLet(
      ts,
      factory,
      local,
      imported === "*"
        ? module
        : factory.createElementAccessExpression(module, factory.createStringLiteral(imported)),
    ),
  );
}

function exportedLet(
  ts: Ts,
  factory: TypeScript.NodeFactory,
  name: string | TypeScript.BindingName,
  value: TypeScript.Expression | undefined,
): TypeScript.VariableStatement {
  return factory.createVariableStatement(
    [factory.createModifier(ts.SyntaxKind.ExportKeyword)],
    factory.createVariableDeclarationList(
      [factory.createVariableDeclaration(name, undefined, undefined, value)],
      ts.NodeFlags.Let,
    ),
  );
}

/** Hoisted as a declaration would be. */
function functionAsVariable(
  ts: Ts,
  factory: TypeScript.NodeFactory,
  node: TypeScript.FunctionDeclaration,
): TypeScript.Statement {
  const { name, asteriskToken, parameters, body } = node;
  const isAsync = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  const modifiers = isAsync ? [factory.createModifier(ts.SyntaxKind.AsyncKeyword)] : undefined;
  const value = factory.createFunctionExpression(
    modifiers,
    asteriskToken,
    name,
    undefined,
    parameters,
    undefined,
    body!,
  );
  return exportedLet(ts, factory, name!.text, ts.setOriginalNode(ts.setTextRange(value, node), node));
}

function exported(
  ts: Ts,
  factory: TypeScript.NodeFactory,
  statement: TypeScript.Statement,
): readonly TypeScript.Statement[] {
  if (ts.isClassDeclaration(statement) && statement.name) {
    const { name, heritageClauses, members } = statement;
    const value = factory.createClassExpression(undefined, name, undefined, heritageClauses, members);
    return [exportedLet(ts, factory, name.text, ts.setTextRange(value, statement))];
  }
  if (!ts.isVariableStatement(statement)) return [statement];
  const { declarationList: list } = statement;
  if (isUsing(ts, list))
    return list.declarations.flatMap((one, i) => usedThenExported(ts, factory, list, one, i));
  const modifiers = [factory.createModifier(ts.SyntaxKind.ExportKeyword)];
  const nothing = factory.createVoidZero();
  const declarations = list.declarations.map((one) =>
    one.initializer ? one : factory.updateVariableDeclaration(one, one.name, undefined, undefined, nothing),
  );
  const asLet = factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let);
  return [
    ts.setTextRange(factory.createVariableStatement(modifiers, ts.setTextRange(asLet, list)), statement),
  ];
}

function isUsing(ts: Ts, { flags }: TypeScript.VariableDeclarationList): boolean {
  const kind: number = flags & ts.NodeFlags.BlockScoped;
  return [ts.NodeFlags.Using, ts.NodeFlags.AwaitUsing].some((using: number) => kind === using);
}

/** `using file = open()` → `export let file; using __using0 = file = open()`: disposed when the cell ends. */
function usedThenExported(
  ts: Ts,
  factory: TypeScript.NodeFactory,
  list: TypeScript.VariableDeclarationList,
  { name, initializer }: TypeScript.VariableDeclaration,
  index: number,
): TypeScript.Statement[] {
  const own = (name as TypeScript.Identifier).text;
  const value = factory.createAssignment(factory.createIdentifier(own), initializer!);
  const held = factory.createVariableDeclaration(`__using${index}_${own}`, undefined, undefined, value);
  return [
    exportedLet(ts, factory, own, undefined),
    factory.createVariableStatement(undefined, factory.createVariableDeclarationList([held], list.flags)),
  ];
}

function namesOf(ts: Ts, statement: TypeScript.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(ts, name));
  if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name)
    return [statement.name.text];
  return [];
}

function boundNames(ts: Ts, name: TypeScript.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : boundNames(ts, element.name),
  );
}
