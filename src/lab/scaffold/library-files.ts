import { readFileSync } from "node:fs";
import { join, posix, relative, resolve } from "node:path";
import { RhymeError } from "../../lib/errors.ts";

/** What a feature may import: what stands to its left on the arrow, and what all may use. */
const ALLOWED = /^(math|time|candles|features)\/|^errors\.ts$/;

/**
 * Finds the file of src/lib that a notebook's import means, and says it as a module of `folder` (a folder of src/lib)
 * would.
 * @throws RhymeError "usage" for what such a module may not import
 */
export function libraryFile(
  root: string,
  folder: string,
  { specifier, imported }: { readonly specifier: string; readonly imported: string },
): string {
  const path =
    specifier === "rhyme"
      ? publicFile(root, imported)
      : (/^rhyme\/(.+)$/.exec(specifier)?.[1]?.concat(".ts") ?? relativeFile(root, specifier));
  if (path === null || !ALLOWED.test(path))
    throw new RhymeError("usage", {
      place: `import of ${imported} from ${JSON.stringify(specifier)}`,
      expected: "modules of src/lib/math, time, candles or features",
      received: path ?? "another package",
      remedy: "A feature is pure arithmetic on candles: write it without this.",
    });
  const from = posix.relative(folder, path);
  return from.startsWith(".") ? from : `./${from}`;
}

/** Which file the public surface takes a name from. */
function publicFile(root: string, name: string): string | null {
  const index = readFileSync(join(root, "src/lib/index.ts"), "utf8");
  for (const [, names, path] of index.matchAll(/export (?:type )?\{([^}]*)\} from "\.\/([^"]+)"/g))
    if (names!.split(",").some((one) => one.trim().replace(/^type /, "") === name)) return path!;
  return null;
}

function relativeFile(root: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) return null;
  const path = relative(join(root, "src/lib"), resolve(root, "notebooks", specifier));
  return path.startsWith("..") ? null : path;
}
