import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A source file of the project, path relative to the folder that was listed. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Folders of src/lib in the order of the arrow; equals in one row may import each other. */
const ARROW: readonly (readonly string[])[] = [
  ["math", "time"],
  ["candles"],
  ["features"],
  ["graph"],
  ["encoder"],
  ["context"],
  ["memory"],
  ["forecast"],
  ["recall"],
  ["anomaly"],
  ["evaluation"],
  ["remember"],
  ["adapters"],
];
/** The server's schema, seen from src/lib: adapters alone may import it. */
const SCHEMA = "../../weaviate";

const MAX_LINES = 250;
/** Files that may be longer because they are still one concept; path → why. */
const LONG_ON_PURPOSE: Readonly<Record<string, string>> = {};

export function sourcesOf(folder: string): readonly Source[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), "utf8") }));
}

export function isTest(path: string): boolean {
  return /\.(test|test-prop)\.ts$/.test(path);
}

/** Only adapters touch the outside; tests and their helpers may. */
function isPure(path: string): boolean {
  return !isTest(path) && !path.startsWith("adapters/") && !path.startsWith("testing/");
}

/** Clock, chance, environment, files and network in files of src/lib that must be pure. */
export function impurities(sources: readonly Source[]): readonly string[] {
  const forbidden: readonly (readonly [RegExp, string])[] = [
    [/\bDate\.now\b/, "Date.now"],
    [/\bnew Date\(\s*\)/, "new Date() without an argument"],
    [/(?<!new )\bDate\(/, "Date() as a function"],
    [/\bMath\.random\b/, "Math.random"],
    [/\bcrypto\.(getRandomValues|randomUUID)\b/, "random bytes"],
    [/\bperformance\.now\b/, "performance.now"],
    [/\bprocess\./, "process"],
    [/\bglobalThis\b/, "globalThis"],
    [/\bfetch\(/, "fetch"],
    [/\bset(Timeout|Interval|Immediate)\(/, "a timer"],
    [/(from|import)\s*\(?\s*"node:/, "a Node module"],
    [/\bimport\.meta\b/, "import.meta"],
  ];
  return sources
    .filter(({ path }) => isPure(path))
    .flatMap(({ path, text }) =>
      withoutComments(text)
        .split("\n")
        .flatMap((line, i) =>
          forbidden.filter(([what]) => what.test(line)).map(([, name]) => `${path}:${i + 1}: ${name}`),
        ),
    );
}

/** Imports that run against the arrow; evaluation may import any, recall may take evaluation's types. */
export function againstTheArrow(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(({ path }) => path.includes("/") && !isTest(path) && !path.startsWith("testing/"))
    .flatMap((source) => importsOf(source).flatMap((target) => verdict(source.path, target)));
}

interface Import {
  readonly folder: string;
  readonly types: boolean;
}

function verdict(path: string, { folder, types }: Import): readonly string[] {
  const own = path.split("/")[0]!;
  const free = ["evaluation", "agent"].includes(own) && folder !== "testing";
  const allowed = free || (own === "recall" && folder === "evaluation" && types) || rank(folder) <= rank(own);
  return allowed ? [] : [`${path}: imports from ${folder}/, which is not on its left`];
}

function rank(folder: string): number {
  if (folder === SCHEMA) return rank("adapters");
  const found = ARROW.findIndex((row) => row.includes(folder));
  return found < 0 ? Infinity : found;
}

/** Folders of src/lib that a file imports from; files directly in src/lib (errors.ts) belong to everybody. */
function importsOf({ path, text }: Source): readonly Import[] {
  const found = withoutComments(text).matchAll(
    /^(?:import|export)\s+(type\s+)?[^"';]*?from\s+"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"|^import\s+"(\.[^"]+)"/gm,
  );
  return [...found].flatMap((match) => {
    const target = join(path, "..", match[2] ?? match[3] ?? match[4]!);
    if (target.startsWith(SCHEMA)) return [{ folder: SCHEMA, types: false }];
    if (target.startsWith("..")) return [{ folder: target, types: false }];
    return target.includes("/") ? [{ folder: target.split("/")[0]!, types: match[1] !== undefined }] : [];
  });
}

/** Files outside tests that outgrew one concept. */
export function tooLong(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(({ path }) => !isTest(path) && !(path in LONG_ON_PURPOSE))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}

/** Comments blanked out, line numbers kept. Strings that look like comments lose their tail, which is harmless here. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "))
    .replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}
