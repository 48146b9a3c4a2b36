import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { mutated, type Mutant } from "./mutant.ts";

/** src/lib */
const LIBRARY = new URL("../../", import.meta.url);
const QUERY = "?mutant=";

/** What a mutant changes: its file's new text, and the modules that need a copy of their own to see it. */
interface Change {
  readonly url: string;
  readonly text: string;
  readonly copied: ReadonlySet<string>;
}

const changes = new Map<string, Change>();
const importers = new Map<string, Map<string, Set<string>>>(); // entry → module → who imports it

/**
 * A module of the library as it is with one line changed: it and whatever lies between it and that line are loaded
 * anew under a name of their own; everything else is shared with the process. Only where Node itself loads the
 * modules, not in a test runner that transforms them.
 * @param entry path below src/lib
 * @throws Error where the line is not there, or the module does not depend on its file
 */
export async function importMutated(entry: string, mutant: Mutant): Promise<unknown> {
  if (changes.size === 0) registerHooks({ resolve, load });
  const url = new URL(mutant.file, LIBRARY).href;
  const from = new URL(entry, LIBRARY).href;
  const copied = dependents(url, from);
  if (!copied.has(from)) throw new Error(`mutant ${mutant.name}: ${entry} does not use ${mutant.file}`);
  changes.set(mutant.name, { url, text: mutated(mutant, textOf(url)), copied });
  return import(`${from}${QUERY}${mutant.name}`);
}

type Resolve = NonNullable<Parameters<typeof registerHooks>[0]["resolve"]>;
type Load = NonNullable<Parameters<typeof registerHooks>[0]["load"]>;

/** Passes the query of the importing module on to the modules that need a copy. */
function resolve(...[specifier, context, next]: Parameters<Resolve>): ReturnType<Resolve> {
  const found = next(specifier, context);
  const name = nameIn(context.parentURL);
  if (name === null || nameIn(found.url) !== null || !changes.get(name)?.copied.has(found.url)) return found;
  return { ...found, url: `${found.url}${QUERY}${name}` };
}

function load(...[url, context, next]: Parameters<Load>): ReturnType<Load> {
  const name = nameIn(url);
  const change = name === null ? undefined : changes.get(name);
  if (!change) return next(url, context);
  const file = url.slice(0, url.indexOf(QUERY));
  const source = file === change.url ? change.text : textOf(file);
  return { format: "module-typescript", source, shortCircuit: true };
}

function nameIn(url: string | undefined): string | null {
  const at = url?.indexOf(QUERY) ?? -1;
  return at < 0 ? null : url!.slice(at + QUERY.length);
}

/** A module and all that lead from an entry to it. */
function dependents(url: string, entry: string): ReadonlySet<string> {
  if (!importers.has(entry)) importers.set(entry, importersFrom(entry));
  const found = new Set([url]);
  for (const module of found) for (const by of importers.get(entry)!.get(module) ?? []) found.add(by);
  return found;
}

/** Who imports each module that an entry leads to. */
function importersFrom(entry: string): Map<string, Set<string>> {
  const by = new Map<string, Set<string>>([[entry, new Set()]]);
  for (const module of by.keys())
    for (const imported of importsOf(module)) {
      if (!by.has(imported)) by.set(imported, new Set());
      by.get(imported)!.add(module);
    }
  return by;
}

/** Modules of the library that one imports, types aside. */
function importsOf(module: string): readonly string[] {
  const found = textOf(module).matchAll(
    /^(?:import|export)\s+(?!type\b)[^"';]*?from\s+"(\.[^"]+\.ts)"|\bimport\(\s*"(\.[^"]+\.ts)"|^import\s+"(\.[^"]+\.ts)"/gm,
  );
  return [...found].map((match) => new URL(match[1] ?? match[2] ?? match[3]!, module).href);
}

const texts = new Map<string, string>();

function textOf(url: string): string {
  let text = texts.get(url);
  if (text === undefined) texts.set(url, (text = readFileSync(new URL(url), "utf8")));
  return text;
}
