import type TypeScript from "typescript";
import { RhymeError } from "../../lib/errors.ts";

type Ts = typeof TypeScript;

export interface LiftedImport {
  readonly specifier: string;
  readonly imported: string;
  readonly local: string;
  readonly isType: boolean;
}

/** A declaration out of a notebook, with all that it needs from there. */
export interface Lifted {
  readonly imports: readonly LiftedImport[];
  /** In the order of the cells, the declaration itself the last. */
  readonly statements: readonly string[];
}

interface Declared {
  readonly statement: TypeScript.Statement;
  readonly file: TypeScript.SourceFile;
}

/**
 * Takes the declaration of `name` out of the cells that ran, together with the constants, functions and types of other
 * cells that it uses; it is called `as` afterwards, and exported.
 * @throws RhymeError "usage" where a name that it uses comes from nowhere
 */
export function liftDeclaration(ts: Ts, cells: readonly string[], name: string, as: string): Lifted {
  const declared = new Map<string, Declared>();
  const imports = new Map<string, LiftedImport>();
  for (const [i, cell] of cells.entries()) {
    const file = ts.createSourceFile(`cell-${i}.ts`, cell, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
    for (const statement of file.statements) {
      for (const one of importsOf(ts, statement)) imports.set(one.local, one);
      for (const own of namesOf(ts, statement)) declared.set(own, { statement, file });
    }
  }
  const main = declared.get(name);
  if (!main) throw notFound(name);
  const wanted = new Map<TypeScript.Statement, Declared>();
  const used = new Map<string, LiftedImport>();
  const follow = (one: Declared): void => {
    if (wanted.has(one.statement)) return;
    wanted.set(one.statement, one);
    for (const reference of referencesIn(ts, one.statement)) {
      const other = declared.get(reference);
      const from = imports.get(reference);
      if (other) follow(other);
      else if (from) used.set(from.local, from);
    }
  };
  follow(main);
  const order = [...declared.values()].map(({ statement }) => statement);
  const others = [...wanted.values()]
    .filter(({ statement }) => statement !== main.statement)
    .sort((a, b) => order.indexOf(a.statement) - order.indexOf(b.statement));
  const text = (one: Declared): string => renamed(ts, one, name, as);
  return { imports: [...used.values()], statements: [...others.map(text), exported(text(main))] };
}

function exported(text: string): string {
  return text.replace(/^((?:\s*(?:\/\/[^\n]*|\/\*[\s\S]*?\*\/)\s*)*)/, "$1export ");
}

function importsOf(ts: Ts, statement: TypeScript.Statement): LiftedImport[] {
  if (!ts.isImportDeclaration(statement) || !statement.importClause) return [];
  const specifier = (statement.moduleSpecifier as TypeScript.StringLiteral).text;
  const { name, namedBindings, isTypeOnly } = statement.importClause;
  const whole = name ? [{ specifier, imported: "default", local: name.text, isType: isTypeOnly }] : [];
  if (!namedBindings) return whole;
  if (ts.isNamespaceImport(namedBindings))
    return [...whole, { specifier, imported: "*", local: namedBindings.name.text, isType: isTypeOnly }];
  const named = namedBindings.elements.map(({ name: local, propertyName, isTypeOnly: own }) => ({
    ...{ specifier, imported: (propertyName ?? local).text, local: local.text, isType: isTypeOnly || own },
  }));
  return [...whole, ...named];
}

function namesOf(ts: Ts, statement: TypeScript.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

/** Identifiers that may mean a name of the top level: all but names of properties. */
function identifiersIn(ts: Ts, statement: TypeScript.Node): TypeScript.Identifier[] {
  const found: TypeScript.Identifier[] = [];
  const visit = (node: TypeScript.Node): void => {
    if (ts.isIdentifier(node) && !isPropertyName(ts, node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return found;
}

function referencesIn(ts: Ts, statement: TypeScript.Node): string[] {
  return [...new Set(identifiersIn(ts, statement).map(({ text }) => text))];
}

function isPropertyName(ts: Ts, node: TypeScript.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  const hasName =
    ts.isPropertyAssignment(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodSignature(parent);
  return hasName && parent.name === node;
}

/** The statement with the comments before it, its name changed wherever it stands. */
function renamed(ts: Ts, { statement, file }: Declared, name: string, as: string): string {
  const start = statement.getFullStart();
  const text = file.text.slice(start, statement.end);
  const places = identifiersIn(ts, statement).filter((node) => node.text === name);
  return places
    .toReversed()
    .reduce((made, node) => {
      const at = node.getStart(file) - start;
      return made.slice(0, at) + as + made.slice(at + name.length);
    }, text)
    .trim();
}

function notFound(name: string): RhymeError {
  return new RhymeError("usage", {
    place: `promote ${name}`,
    expected: "a name that a cell of this notebook declares with const or function",
    received: name,
    remedy: "Declare it in a cell of its own, run that, then promote it.",
  });
}
