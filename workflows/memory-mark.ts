import { createHash } from "node:crypto";
import path from "node:path";

/** Tells a memory from others in ids, wherever it is: 8 hex digits of its absolute path. */
export function memoryMark(memory: string): string {
  return createHash("sha256").update(path.resolve(memory)).digest("hex").slice(0, 8);
}
