import ts from "typescript";
import { callsIn, reachedFrom } from "./call-graph.ts";

/** Types that hold history: candles, what is made of them, what remembers them. */
const HISTORY: ReadonlySet<string> = new Set([
  ...[
    "CandleSeries",
    "CandleFacts",
    "CandlesByTimeframe",
    "RawCandles",
    "LiveCandle",
    "CandleStore",
    "CandleSource",
  ],
  ...[
    "FeatureTable",
    "FeatureTables",
    "FeatureRow",
    "Graph",
    "ContextColumns",
    "Embeddings",
    "Memory",
    "PatternBatch",
  ],
  ...[
    "LabelBatch",
    "RecallRecord",
    "TrustRows",
    "MemoryFolder",
    "MakeSeriesOptions",
    "PlainColumns",
    "Frame",
  ],
]);

/** What takes history through whoever holds it: all its methods do. */
const HOLDERS: ReadonlySet<string> = new Set([
  ...[
    "Memory",
    "CandleStore",
    "CandleSource",
    "MemoryFolder",
    "ExportTables",
    "FeatureStream",
    "EncoderStream",
    "MultiTimeframeGNNMemoryEncoder",
  ],
]);

/** How deep types are looked into: options that hold options that hold candles. */
const DEEPEST = 8;

/** A function that takes history. */
export interface Taker {
  /** As the registry names it: `resample`, `Memory.query`. */
  readonly name: string;
  /** Its file, from the folder of the sources. */
  readonly path: string;
}

/** What of a program's functions takes history, and who calls whom. */
export interface Takers {
  /** Exported by the entry: functions, methods of classes and objects, methods of the types that they hand out. */
  readonly published: readonly Taker[];
  /** Exported by any file of the folders. */
  readonly exported: readonly Taker[];
  /** Every name that an entry may bear. */
  readonly names: ReadonlySet<string>;
  /** Names of all exported functions that those named reach, themselves included. */
  reachedFrom(names: Iterable<string>): ReadonlySet<string>;
}

/**
 * Reads a program with the compiler's eyes.
 * @param entry file whose exports are public
 * @param folder the sources, all of them; `isLooked` says which files' exports count
 */
export function historyTakers(
  entry: string,
  folder: string,
  options: ts.CompilerOptions,
  isLooked: (path: string) => boolean,
): Takers {
  const files = ts.sys.readDirectory(folder, [".ts"], ["**/*.test.ts", "**/*.test-prop.ts", "**/testing/**"]);
  const program = ts.createProgram([entry, ...files], { ...options, noEmit: true });
  const reader = new Reader(program.getTypeChecker(), folder);
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
  const entryFile = program.getSourceFile(entry)!;
  const published = reader.exportsOf(entryFile).flatMap((symbol) => reader.takersIn(symbol));
  const all = own.filter(({ fileName }) => fileName !== entry && isLooked(fileName.slice(folder.length)));
  const symbolsOf = (some: readonly ts.SourceFile[]) =>
    new Set(some.flatMap((file) => reader.exportsOf(file)));
  const graph = callsIn(program.getTypeChecker(), own);
  return {
    published: distinct(published),
    exported: distinct([...symbolsOf(all)].flatMap((symbol) => reader.takersIn(symbol))),
    names: new Set([...symbolsOf(own)].flatMap((symbol) => reader.namesIn(symbol))),
    reachedFrom: (names) => reachedFrom(graph, names),
  };
}

function distinct(takers: readonly Taker[]): Taker[] {
  const byName = new Map(takers.map((taker) => [taker.name, taker]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

class Reader {
  readonly #checker: ts.TypeChecker;
  readonly #folder: string;
  readonly #seen = new Map<ts.Type, number>();

  constructor(checker: ts.TypeChecker, folder: string) {
    this.#checker = checker;
    this.#folder = folder;
  }

  exportsOf(file: ts.SourceFile): ts.Symbol[] {
    const module = this.#checker.getSymbolAtLocation(file);
    return module ? this.#checker.getExportsOfModule(module).map((symbol) => this.#aliased(symbol)) : [];
  }

  #aliased(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The callables of a symbol: itself, or its methods, under the names that entries bear. */
  #callablesOf(
    symbol: ts.Symbol,
  ): (readonly [name: string, signatures: readonly ts.Signature[], holder: boolean])[] {
    const { name } = symbol;
    const type = this.#typeOf(symbol);
    const own = type.getCallSignatures();
    const methods = this.#methodsOf(symbol).map(
      (method) => [`${name}.${method.name}`, this.#signaturesOf(method), HOLDERS.has(name)] as const,
    );
    return [...(own.length > 0 ? [[name, own, false] as const] : []), ...methods];
  }

  #typeOf(symbol: ts.Symbol): ts.Type {
    const isType =
      (symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class | ts.SymbolFlags.TypeAlias)) !== 0;
    if (isType) return this.#checker.getDeclaredTypeOfSymbol(symbol);
    return this.#checker.getTypeOfSymbol(symbol);
  }

  #methodsOf(symbol: ts.Symbol): ts.Symbol[] {
    const isData = (symbol.flags & ts.SymbolFlags.Function) !== 0;
    const declared = symbol.declarations?.[0];
    if (isData || !declared?.getSourceFile().fileName.startsWith(this.#folder)) return [];
    const type = this.#typeOf(symbol);
    if (type.isUnion() || this.#checker.isArrayType(type) || !(type.flags & ts.TypeFlags.Object)) return [];
    return type
      .getProperties()
      .filter(({ name }) => !name.startsWith("#")) // private
      .filter((property) => this.#signaturesOf(property).length > 0)
      .filter((property) => property.declarations?.[0]?.getSourceFile().fileName.startsWith(this.#folder));
  }

  #signaturesOf(property: ts.Symbol): readonly ts.Signature[] {
    return this.#checker.getNonNullableType(this.#checker.getTypeOfSymbol(property)).getCallSignatures();
  }

  namesIn(symbol: ts.Symbol): string[] {
    return [symbol.name, ...this.#callablesOf(symbol).map(([name]) => name)];
  }

  takersIn(symbol: ts.Symbol): Taker[] {
    const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? "";
    if (!file.startsWith(this.#folder)) return [];
    const path = file.slice(this.#folder.length);
    return this.#callablesOf(symbol)
      .filter(([, signatures, holder]) => holder || signatures.some((one) => this.#takesHistory(one)))
      .map(([name]) => ({ name, path }));
  }

  #takesHistory(signature: ts.Signature): boolean {
    return signature.parameters.some((parameter) =>
      this.#mentions(this.#checker.getTypeOfSymbol(parameter), DEEPEST),
    );
  }

  #mentions(type: ts.Type, depth: number): boolean {
    const names = [type.aliasSymbol?.name, type.symbol?.name];
    if (names.some((name) => name !== undefined && HISTORY.has(name))) return true;
    if (depth === 0 || (this.#seen.get(type) ?? -1) >= depth) return false;
    this.#seen.set(type, depth);
    const parts = [
      ...(type.isUnionOrIntersection() ? type.types : []),
      ...(type.aliasTypeArguments ?? []),
      ...(type.flags & ts.TypeFlags.Object ? this.#checker.getTypeArguments(type as ts.TypeReference) : []),
      ...this.#checker.getIndexInfosOfType(type).map((info) => info.type),
      ...this.#dataOf(type),
    ];
    const found = parts.some((part) => this.#mentions(part, depth - 1));
    if (found) this.#seen.delete(type);
    return found;
  }

  /** Types of the properties that a project's own type declares; what a callback takes is its own matter. */
  #dataOf(type: ts.Type): ts.Type[] {
    const declared = type.symbol?.declarations?.[0]?.getSourceFile().fileName;
    if (!(type.flags & ts.TypeFlags.Object) || !declared?.startsWith(this.#folder)) return [];
    return type
      .getProperties()
      .map((property) => this.#checker.getTypeOfSymbol(property))
      .filter((one) => one.getCallSignatures().length === 0);
  }
}
