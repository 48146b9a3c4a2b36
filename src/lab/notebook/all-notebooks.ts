import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Stems of the numbered notebooks of a folder, in reading order, whichever of their two files is there. */
export function allNotebooks(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => /^\d\d-.*\.(ipynb|ts)$/.test(name));
  return [...new Set(names.map((name) => join(folder, name.replace(/\.(ipynb|ts)$/, ""))))].sort();
}
