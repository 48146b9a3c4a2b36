import type * as TypeScript from "typescript";

/** Names that the top level of a cell declares, read from its text alone. */
export function namesIn(ts: typeof TypeScript, code: string): readonly string[] {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  const names: string[] = [];
  const bind = (name: TypeScript.BindingName): void => {
    if (ts.isIdentifier(name)) names.push(name.text);
    else for (const element of name.elements) if (!ts.isOmittedExpression(element)) bind(element.name);
  };
  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement))
      statement.declarationList.declarations.forEach(({ name }) => bind(name));
    else if (ts.isImportDeclaration(statement)) {
      const { name, namedBindings: bound } = statement.importClause ?? {};
      if (name) names.push(name.text);
      if (bound && ts.isNamespaceImport(bound)) names.push(bound.name.text);
      if (bound && ts.isNamedImports(bound))
        names.push(...bound.elements.map((element) => element.name.text));
    } else if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name)
      names.push(statement.name.text);
  }
  return names;
}
