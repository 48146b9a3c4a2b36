import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";

/** Part of the name of a file that is not whole yet: whoever lists a folder passes over it. */
export const UNFINISHED = ".unfinished";

/**
 * Writes a file whole or not at all, whoever is killed or writes it at the same time: beside its place first, under a
 * name of its own, on the disk, then renamed. The folder is made where there is none.
 */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${randomUUID()}${UNFINISHED}`;
  try {
    writeFileSync(part, content, { flush: true });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
