import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type * as TypeScript from "typescript";
import { KERNEL_OPTIONS } from "./compiler-options.ts";

// tslab is written against its own fork of TypeScript 5.0. Here the project's TypeScript is dressed up as that fork:
// the few functions that only the fork has, options that suit this project, and the checks confined to the cell.

/** Internals of TypeScript 6.0 that are used here; they are why its version is pinned exactly. */
interface Internals {
  readonly createWatchCompilerHost: (...all: unknown[]) => WatchHost;
  readonly nullTransformationContext: unknown;
  readonly bindSourceFile: (file: TypeScript.SourceFile, options: TypeScript.CompilerOptions) => void;
  readonly getTouchingPropertyName: (file: TypeScript.SourceFile, position: number) => TypeScript.Node;
  readonly getContainerNode: (node: TypeScript.Node) => TypeScript.Node | undefined;
  readonly SymbolDisplay: {
    readonly getSymbolDisplayPartsDocumentationAndSymbolKind: (
      checker: TypeScript.TypeChecker,
      symbol: TypeScript.Symbol,
      file: TypeScript.SourceFile,
      enclosing: TypeScript.Node | undefined,
      location: TypeScript.Node,
    ) => Pick<TypeScript.QuickInfo, "displayParts" | "documentation" | "tags"> & {
      readonly symbolKind: string;
    };
  };
  readonly Completions: {
    readonly getCompletionsAtPosition: (
      host: object,
      program: TypeScript.Program,
      ...rest: unknown[]
    ) => unknown;
  };
}

type Api = typeof TypeScript;
type WatchHost = TypeScript.WatchCompilerHostOfFilesAndCompilerOptions<TypeScript.BuilderProgram>;

/** What the compiler thread needs besides tslab: TypeScript itself, the newest source map, and a look for edits. */
export interface TslabTypeScript {
  readonly ts: Api;
  /** To be handed to tslab in place of its fork. */
  readonly facade: object;
  /** Source map of the cell that was emitted last. */
  lastMap(): string;
  /** Tells the compiler which of the files that it has read were changed since. */
  noticeEdits(): void;
}

export const isCell = (file: string): boolean => /(^|[\\/])__tslab__\.tsx?$/.test(file);

export function tslabTypeScript(root: string): TslabTypeScript {
  const ts = createRequire(join(root, "package.json"))("typescript") as Api;
  const internals = ts as unknown as Internals;
  const watched = watchedFiles(ts);
  let map = "";
  const facade = {
    ...ts,
    sys: Object.assign(Object.create(ts.sys) as TypeScript.System, {
      watchFile: watched.watchFile,
      watchDirectory: () => ({ close: () => undefined }),
    }),
    getDefaultTypeRoots: () => typeRoots(ts, root),
    getNullTransformationContext: () => internals.nullTransformationContext,
    getPreEmitDiagnosticsOfFiles: (program: TypeScript.Program, files: readonly TypeScript.SourceFile[]) =>
      cellDiagnostics(ts, program, files),
    getQuickInfoAtPosition: (
      file: TypeScript.SourceFile,
      checker: TypeScript.TypeChecker,
      _token: unknown,
      position: number,
    ) => quickInfo(ts, file, checker, position),
    Completions: {
      ...internals.Completions,
      getCompletionsAtPositionForTslab: (host: object, program: TypeScript.Program, ...rest: unknown[]) =>
        internals.Completions.getCompletionsAtPosition(
          { ...host, getCompilerOptions: () => program.getCompilerOptions() },
          program,
          ...rest,
        ),
    },
    createWatchCompilerHost: (
      files: string[],
      options: TypeScript.CompilerOptions,
      sys: TypeScript.System,
      _builder: unknown,
      ...reports: unknown[]
    ) => {
      const { noImplicitUseStrict: _strict, disableTopLevelAwait: _await, ...kept } = options;
      const { createWatchCompilerHost: create } = ts as unknown as Internals;
      // The library is held from the start, and no book is kept of what depends on what: a cell is compiled in a
      // third of the time.
      const held = [...files, join(root, "src/lib/index.ts")];
      return create(
        held,
        { ...kept, ...KERNEL_OPTIONS(ts, root) },
        sys,
        ts.createAbstractBuilder,
        ...reports,
      );
    },
    createWatchProgram: (host: WatchHost) => {
      const after = host.afterProgramCreate?.bind(host);
      host.afterProgramCreate = (builder) => {
        after?.(ownCells(ts, builder, (text) => (map = text)));
      };
      return ts.createWatchProgram(host);
    },
    // What tslab has converted stays an ES module: emit-cell.ts turns it into the body of a function.
    transpileModule: (code: string) => ({ outputText: code }),
  };
  return { ts, facade, lastMap: () => map, noticeEdits: watched.noticeEdits };
}

/** tslab emits the cell only, as Node loads the project's sources; the cell's source map is caught on its way. */
function ownCells(
  ts: Api,
  builder: TypeScript.BuilderProgram,
  keepMap: (text: string) => void,
): TypeScript.BuilderProgram {
  builder.getAllDependencies = ({ fileName }) => [fileName];
  const emit = builder.emit.bind(builder);
  builder.emit = (file, write, ...rest) =>
    emit(
      file,
      (name, text, ...more) => {
        if (name.endsWith(".js.map")) keepMap(text);
        else write?.(name, text, ...more);
      },
      ...rest,
    );
  // tslab reads what a cell declares before anything was checked.
  const { bindSourceFile } = ts as unknown as Internals;
  for (const file of builder.getSourceFiles())
    if (isCell(file.fileName)) bindSourceFile(file, builder.getCompilerOptions());
  return builder;
}

function typeRoots(ts: Api, root: string): string[] {
  const roots: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", "@types");
    if (ts.sys.directoryExists(candidate)) roots.push(candidate);
    if (folder === dirname(folder)) return roots;
  }
}

const NOT_UNDER_ROOT = 6059;
/** What tslab's fork reports for a top-level await, and from which tslab learns that there is one. */
const TOP_LEVEL_AWAIT = 1308;

/** The library is checked by tsc, not again with every cell. */
function cellDiagnostics(
  ts: Api,
  program: TypeScript.Program,
  files: readonly TypeScript.SourceFile[],
): readonly TypeScript.Diagnostic[] {
  const found = files
    .filter(({ fileName }) => isCell(fileName))
    .flatMap((file) => {
      const syntax = program.getSyntacticDiagnostics(file);
      if (syntax.length > 0) return [...syntax];
      const semantic = program.getSemanticDiagnostics(file);
      const declared = semantic.length > 0 ? [] : program.getDeclarationDiagnostics(file);
      return [...semantic, ...declared, ...topLevelAwaits(ts, file)];
    });
  return ts.sortAndDeduplicateDiagnostics(found.filter(({ code }) => code !== NOT_UNDER_ROOT));
}

const has = (flags: number, wanted: number): boolean => (flags & wanted) === wanted;

function topLevelAwaits(ts: Api, file: TypeScript.SourceFile): TypeScript.Diagnostic[] {
  const starts: number[] = [];
  const visit = (node: TypeScript.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isAwaitExpression(node)) starts.push(node.getStart(file));
    if (ts.isForOfStatement(node) && node.awaitModifier) starts.push(node.awaitModifier.getStart(file));
    if (ts.isVariableDeclarationList(node) && has(node.flags, ts.NodeFlags.AwaitUsing))
      starts.push(node.getStart(file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  const category = ts.DiagnosticCategory.Error;
  return starts.map((start) => ({
    file,
    start,
    length: 5,
    code: TOP_LEVEL_AWAIT,
    category,
    messageText: "await",
  }));
}

function quickInfo(
  ts: Api,
  file: TypeScript.SourceFile,
  checker: TypeScript.TypeChecker,
  position: number,
): unknown {
  const { getTouchingPropertyName, getContainerNode, SymbolDisplay } = ts as unknown as Internals;
  const node = getTouchingPropertyName(file, position);
  if (node === file) return undefined;
  const start = node.getStart(file);
  const textSpan = { start, length: node.getEnd() - start };
  const symbol = checker.getSymbolAtLocation(node);
  if (!symbol) {
    if (!ts.isExpression(node)) return undefined;
    return { textSpan, displayParts: [{ text: checker.typeToString(checker.getTypeAtLocation(node)) }] };
  }
  const { symbolKind, ...said } = SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
    checker,
    symbol,
    file,
    getContainerNode(node),
    node,
  );
  return { kind: symbolKind, textSpan, ...said };
}

/** Instead of a watcher for each of some hundred files: their times are compared right before a cell is compiled. */
function watchedFiles(ts: Api): {
  readonly watchFile: (path: string, callback: TypeScript.FileWatcherCallback) => TypeScript.FileWatcher;
  readonly noticeEdits: () => void;
} {
  const files = new Map<string, { readonly callback: TypeScript.FileWatcherCallback; time: number }>();
  const timeOf = (path: string): number => ts.sys.getModifiedTime?.(path)?.getTime() ?? 0;
  return {
    watchFile: (path, callback) => {
      if (!path.includes(`${sep}node_modules${sep}`)) files.set(path, { callback, time: timeOf(path) });
      return { close: () => files.delete(path) };
    },
    noticeEdits: () => {
      for (const [path, file] of files) {
        const time = timeOf(path);
        if (time === file.time) continue;
        const { Created, Changed, Deleted } = ts.FileWatcherEventKind;
        file.callback(path, time === 0 ? Deleted : file.time === 0 ? Created : Changed);
        file.time = time;
      }
    },
  };
}
