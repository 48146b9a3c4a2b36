import { closeSync, lstatSync, openSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { RhymeError } from "../lib/errors.ts";

/**
 * Writes a file whole or not at all: beside its place first, then renamed, so that a full disk or a kill leaves no
 * half of it and what was there before stays. A pipe or device is written as it is; through a link, what it leads to.
 */
export function writeWhole(file: string, content: string): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found && !found.isFile()) return writeFileSync(file, content);
  if (found && found.size > 0) assertSameKind(file, content);
  const part = `${file}.${process.pid}.part`;
  try {
    writeFileSync(part, content);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw Object.assign(error as NodeJS.ErrnoException, { path: file }); // the name that was asked for
  }
}

const HEAD = 15; // of "<!doctype html>"

/** A page replaces a page, a document a document, and neither a candle file or a memory that was named by mistake. */
function assertSameKind(file: string, content: string): void {
  const head = Buffer.alloc(HEAD);
  const handle = openSync(file, "r");
  const read = readSync(handle, head, 0, HEAD, 0);
  closeSync(handle);
  if (kindOf(head.toString("latin1", 0, read)) === kindOf(content.slice(0, HEAD))) return;
  throw new RhymeError("usage", {
    place: file,
    expected: `a new file, or ${kindOf(content.slice(0, HEAD))} to replace`,
    received: "a file of another kind",
    remedy: "Name another file, or remove this one first.",
  });
}

function kindOf(head: string): string {
  if (/^<!doctype html/i.test(head)) return "a page";
  return /^\s*[{[]/.test(head) ? "a JSON document" : "something else";
}
