import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describeError } from "./describe-error.ts";
import { moduleVersions } from "./module-versions.ts";
import type { CellImport } from "./threads.ts";

type Namespace = Readonly<Record<string, unknown>>;

/** What cells import, and what becomes of it after an edit. */
export interface CellModules {
  /** Loads what a cell imports, in the order of its import statements. */
  load(imports: readonly CellImport[]): Promise<readonly Namespace[]>;
  readonly import: (specifier: unknown, options?: ImportCallOptions) => Promise<Namespace>;
  /** Names bound by imports that still hold what was imported follow the edited source; what was done, in words. */
  reload(exports: Record<string, unknown>): Promise<readonly string[]>;
  /** A load was cut off: what it had begun is loaded anew when it is asked for again. */
  forgetHalfLoaded(): void;
  /** Remembers what a cell's imports bound. */
  remember(imports: readonly CellImport[], exports: Namespace): void;
}

interface Binding {
  readonly from: CellImport;
  readonly imported: string;
  readonly value: unknown;
}

/**
 * Imports as seen from a file in `folder`; what is not found there is looked for from the project's root. What loads
 * modules is handed to `during`, which keeps it from being cut off.
 */
export function cellModules(
  root: string,
  folder: string,
  during: <T>(load: () => Promise<T>) => Promise<T> = (load) => load(),
): CellModules {
  const versions = moduleVersions(root);
  const bindings = new Map<string, Binding>();
  const load = async ({ specifier, attributes }: CellImport): Promise<Namespace> => {
    const url = resolveFrom(specifier, [folder, root]);
    const versioned = url.startsWith("file:") ? versions.urlOf(fileURLToPath(url)) : url;
    return during(async () => (await import(versioned, { with: { ...attributes } })) as Namespace);
  };
  const loadAll = async (imports: readonly CellImport[]): Promise<readonly Namespace[]> => {
    const loaded: Namespace[] = [];
    for (const one of imports) loaded.push(await load(one));
    return loaded;
  };
  const remember = (imports: readonly CellImport[], exports: Namespace): void => {
    for (const from of imports)
      for (const { local, imported } of from.names)
        bindings.set(local, { from, imported, value: exports[local] });
  };
  return {
    load: loadAll,
    remember,
    forgetHalfLoaded: () => versions.forgetHalfLoaded(),
    import: (specifier, options = {}) =>
      load({ specifier: String(specifier), attributes: { ...options.with }, names: [] }),
    reload: async (exports) => {
      const changed = versions.noticeEdits();
      if (changed.length === 0) return [];
      const failed = new Map<string, string>();
      const gone: string[] = [];
      for (const [local, { from, imported, value }] of bindings) {
        if (exports[local] !== value || failed.has(from.specifier)) continue; // or the name means something else by now
        try {
          const module = await load(from);
          if (imported !== "*" && !(imported in module)) {
            gone.push(`${from.specifier} no longer exports ${imported}: what it was stays`);
            continue;
          }
          exports[local] = imported === "*" ? module : module[imported];
          bindings.set(local, { from, imported, value: exports[local] });
        } catch (error) {
          failed.set(from.specifier, describeError(error, new Map()).evalue.split("\n")[0]!);
        }
      }
      const kept = [...failed].map(
        ([name, why]) => `${name} does not load, what was loaded before stays: ${why}`,
      );
      return [`reloaded after an edit: ${changed.join(", ")}`, ...kept, ...gone];
    },
  };
}

function resolveFrom(specifier: string, folders: readonly string[]): string {
  if (/^(node|data|file):/.test(specifier)) return specifier;
  if (/^\.{0,2}\//.test(specifier))
    return new URL(specifier, pathToFileURL(join(folders[0]!, "cell.ts"))).href;
  const [first, ...others] = folders.map((folder) => createRequire(join(folder, "cell.ts")));
  try {
    return asUrl(first!.resolve(specifier));
  } catch (error) {
    for (const require of others)
      try {
        return asUrl(require.resolve(specifier));
      } catch {
        continue;
      }
    throw error;
  }
}

function asUrl(found: string): string {
  return found.startsWith("/") || /^[A-Za-z]:\\/.test(found)
    ? pathToFileURL(found).href
    : `node:${found.replace(/^node:/, "")}`;
}
