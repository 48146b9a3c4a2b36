import { existsSync, statSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

interface SourceFile {
  time: number;
  /** 0 is the file as it was loaded first; then its address carries ?v=1, ?v=2 … */
  version: number;
  readonly importers: Set<string>;
}

/** Modules loaded from source, loaded anew after an edit, together with all that import them. */
export interface ModuleVersions {
  /** The address under which a file of this path is loaded now. */
  urlOf(path: string): string;
  /** Looks for edits since the last look; the edited files themselves, relative to the root. */
  noticeEdits(): readonly string[];
  /** All own files count as edited, and of packages what was not loaded to its end is forgotten. */
  forgetHalfLoaded(): void;
}

/**
 * Node keeps a loaded ES module for ever, but by its address: an edited file, and every file that imports it, gets a
 * new one. What node_modules holds stays as it is. Must be called once, before the first import of the project.
 */
export function moduleVersions(root: string): ModuleVersions {
  const files = new Map<string, SourceFile>();
  const isOwn = (path: string): boolean =>
    path.startsWith(root + sep) &&
    !path.includes(`${sep}node_modules${sep}`) &&
    !path.startsWith(kernelFolder);
  const kernelFolder = fileURLToPath(new URL(".", import.meta.url));
  const fileOf = (path: string): SourceFile => {
    const known = files.get(path);
    if (known) return known;
    const made = { time: timeOf(path), version: 0, importers: new Set<string>() };
    files.set(path, made);
    return made;
  };
  const missing = new Map<string, Missing>();
  const resolved = <T>(resolve: () => T, specifier: string, parent = ""): T => {
    try {
      return resolve();
    } catch (error) {
      const importer = parent.startsWith("file:") ? fileURLToPath(parent) : "";
      if (isOwn(importer)) missing.set(`${importer} ${specifier}`, { specifier, importer });
      throw error;
    }
  };
  const urlOf = (path: string): string => {
    const { href } = pathToFileURL(path);
    const version = isOwn(path) ? fileOf(path).version : 0;
    return version === 0 ? href : `${href}?v=${version}`;
  };
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = resolved(() => next(specifier, context), specifier, context.parentURL);
      if (!found.url.startsWith("file:") || found.url.includes("?")) return found;
      const path = fileURLToPath(found.url);
      if (!isOwn(path)) return found;
      const parent = context.parentURL?.startsWith("file:") ? fileURLToPath(context.parentURL) : "";
      if (isOwn(parent)) fileOf(path).importers.add(parent);
      return { ...found, url: urlOf(path) };
    },
  });
  return {
    urlOf,
    noticeEdits: () => edited(files, foundNow(missing)).map((path) => relative(root, path)),
    forgetHalfLoaded: () => {
      for (const file of files.values()) file.version++;
      const { cache } = createRequire(import.meta.url);
      for (const [name, module] of Object.entries(cache)) if (module?.loaded === false) delete cache[name];
    },
  };
}

interface Missing {
  readonly specifier: string;
  readonly importer: string;
}

/** Files that miss another which can be found by now: they can be loaded again. */
function foundNow(missing: Map<string, Missing>): string[] {
  return [...missing].flatMap(([key, { specifier, importer }]) => {
    try {
      const path = /^\.{0,2}\//.test(specifier)
        ? fileURLToPath(new URL(specifier, pathToFileURL(importer)))
        : createRequire(importer).resolve(specifier);
      if (!existsSync(path)) return [];
    } catch {
      return [];
    }
    missing.delete(key);
    return [importer];
  });
}

function edited(files: ReadonlyMap<string, SourceFile>, loadable: readonly string[]): string[] {
  const touched = [...files].filter(([path, file]) => timeOf(path) !== file.time).map(([path]) => path);
  const changed = [...new Set([...touched, ...loadable])];
  const stale = new Set(changed);
  for (const path of stale) files.get(path)?.importers.forEach((importer) => stale.add(importer));
  for (const path of stale) {
    const file = files.get(path);
    if (!file) continue;
    file.version++;
    file.time = timeOf(path);
  }
  return changed;
}

function timeOf(path: string): number {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}
