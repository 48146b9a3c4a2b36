import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const NOT_IN_ANSWERS = /^lib.(testing|adapters.html|adapters.text)/;

/**
 * Names the state of the code: 16 hex digits over every source file but tests.
 * @param without default: files that can change no answer
 */
export function codeHash(without: RegExp = NOT_IN_ANSWERS): string {
  const root = fileURLToPath(new URL("../", import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/\.test(-prop)?\.ts$/.test(name) && !without.test(name))
    .sort();
  const hash = createHash("sha256");
  for (const name of files)
    hash
      .update(name)
      .update("\0")
      .update(readFileSync(path.join(root, name)))
      .update("\0");
  return hash.digest("hex").slice(0, 16);
}
