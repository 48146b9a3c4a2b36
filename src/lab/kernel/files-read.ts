import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Of what lies among packages, only this is data. */
const DATA = /\.(csv|tsv|txt|gz|parquet|arrow)$/;

/**
 * Notes which files running code opens to read, so that a run can name its data. Files that native code opens by
 * itself (polars' own readers, a memory's database) are not seen.
 */
export function noteFilesRead(root: string): () => readonly string[] {
  const seen = new Set<string>();
  const packages = `${sep}node_modules${sep}`;
  const isCode = (path: string): boolean =>
    path.includes(packages) ? !DATA.test(path) : path.startsWith(`${root}${sep}src${sep}`);
  const note = (target: unknown): void => {
    const path =
      typeof target === "string" ? resolve(target) : target instanceof URL ? fileURLToPath(target) : null;
    if (path === null || isCode(path) || /^\/(proc|dev|sys)\//.test(path)) return;
    if (!/\.[cm]?[jt]s$|package\.json$/.test(path)) seen.add(path);
  };
  const wrap = (module: object, name: string): void => {
    const owner = module as Record<string, unknown>;
    const original = owner[name] as (...all: unknown[]) => unknown;
    owner[name] = function (this: unknown, target: unknown, ...rest: unknown[]) {
      if (!isWriting(rest[0])) note(target);
      return original.call(this, target, ...rest);
    };
  };
  for (const name of ["readFile", "readFileSync", "open", "openSync", "createReadStream"]) wrap(fs, name);
  for (const name of ["readFile", "open"]) wrap(fs.promises, name);
  syncBuiltinESMExports();
  return () => {
    const noted = [...seen].filter((path) => fs.existsSync(path) && fs.statSync(path).isFile());
    seen.clear();
    return noted;
  };
}

function isWriting(flags: unknown): boolean {
  const mode =
    typeof flags === "object" && flags !== null ? (flags as { readonly flags?: unknown }).flags : flags;
  return typeof mode === "string" && /[wa]/.test(mode);
}
