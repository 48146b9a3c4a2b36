import ts from "typescript";

/** Which top-level functions, classes and constants each of them names in its code, by name. */
export type CallGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** What files declare at their top and whom it names, exported or not. */
export function callsIn(checker: ts.TypeChecker, files: readonly ts.SourceFile[]): CallGraph {
  const graph = new Map<string, Set<string>>();
  for (const { statements } of files)
    for (const [node, name] of statements.flatMap((statement) => declaredIn(checker, statement))) {
      const named = graph.get(name) ?? new Set<string>();
      graph.set(name, named);
      addNamed(checker, node, named);
    }
  return graph;
}

/** All that is reached from some names, themselves included. */
export function reachedFrom(graph: CallGraph, names: Iterable<string>): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...(graph.get(name) ?? []));
  }
  return reached;
}

function declaredIn(checker: ts.TypeChecker, statement: ts.Statement): (readonly [ts.Node, string])[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap((one) =>
      ts.isIdentifier(one.name) ? [[one, nameOf(checker, one.name)] as const] : [],
    );
  const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return named && statement.name ? [[statement, nameOf(checker, statement.name)]] : [];
}

/** What is exported has one name wherever it stands; the rest is told apart by its file. */
function nameOf(checker: ts.TypeChecker, identifier: ts.Identifier): string {
  const found = checker.getSymbolAtLocation(identifier);
  if (!found) return identifier.text;
  const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
  const declared = symbol.declarations?.[0];
  if (!declared) return symbol.name;
  const isExported = (ts.getCombinedModifierFlags(declared) & ts.ModifierFlags.Export) !== 0;
  return isExported ? symbol.name : `${declared.getSourceFile().fileName} ${symbol.name}`;
}

/** Types are erased: naming one calls nobody. */
function addNamed(checker: ts.TypeChecker, node: ts.Node, named: Set<string>): void {
  const visit = (one: ts.Node): void => {
    if (ts.isTypeNode(one)) return;
    if (ts.isIdentifier(one)) named.add(nameOf(checker, one));
    ts.forEachChild(one, visit);
  };
  ts.forEachChild(node, visit);
}
