import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** Writes a file whole, and not at all where nothing changes, so that its time tells when it was edited. */
export function writeNotebook(file: string, content: string): boolean {
  if (existsSync(file) && readFileSync(file, "utf8") === content) return false;
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, content);
  renameSync(part, file);
  return true;
}
