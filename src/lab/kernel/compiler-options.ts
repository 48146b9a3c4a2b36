import { join } from "node:path";
import type * as TypeScript from "typescript";

/**
 * How cells are checked: as strictly as the project checks a notebook's .ts twin, except that a name may stay unused,
 * because a later cell may want it.
 */
export function KERNEL_OPTIONS(ts: typeof TypeScript, root: string): TypeScript.CompilerOptions {
  return {
    target: ts.ScriptTarget.ESNext,
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: ["lab-source"],
    // Notebooks outside the project's folder import the library by its name, too.
    paths: { rhyme: [join(root, "src/lib/index.ts")], "rhyme/*": [join(root, "src/lib/*.ts")] },
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noFallthroughCasesInSwitch: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    experimentalDecorators: false,
    esModuleInterop: true,
    allowJs: false,
    checkJs: false,
    sourceMap: true,
    skipLibCheck: true,
  };
}
