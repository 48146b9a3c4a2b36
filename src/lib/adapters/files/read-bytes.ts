import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { RhymeError } from "../../errors.ts";

const unzip = promisify(gunzip);

export type FileBytes =
  | { readonly format: "text"; readonly bytes: Buffer }
  | { readonly format: "parquet"; readonly bytes: Buffer };

/** How an unreadable file is described. */
const REFUSALS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "a folder",
  ENOTDIR: "a path through something that is no folder",
  EACCES: "a file that may not be read",
  EPERM: "a file that may not be read",
  ERR_FS_FILE_TOO_LARGE: "a file too large to read at once",
};

/** An error about a file that cannot be used at all. */
export function fileError(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("input", { place, expected, received, remedy });
}

/**
 * A candle file as text or Parquet, unpacked where it is gzip; told apart by content, not by name.
 * @throws RhymeError "input" for what is unreadable, empty, damaged or binary
 */
export async function readBytes(path: string, signal?: AbortSignal): Promise<FileBytes> {
  return openBytes(path, await readRaw(path, signal));
}

/** The same for the bytes of a file. */
export async function openBytes(path: string, packed: Buffer): Promise<FileBytes> {
  let bytes = packed;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = await unpack(path, bytes);
  if (bytes.length === 0)
    throw fileError(path, "a header and candles", "an empty file", "Check how the file was made");
  if (bytes.subarray(0, 4).toString("latin1") === "PAR1") return { format: "parquet", bytes };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
  assertText(path, bytes);
  return { format: "text", bytes };
}

async function readRaw(path: string, signal?: AbortSignal): Promise<Buffer> {
  try {
    return await readFile(path, signal ? { signal } : {});
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!(code in REFUSALS)) throw error;
    throw fileError(path, "a readable CSV, CSV.gz or Parquet file", REFUSALS[code]!, "Check the path");
  }
}

async function unpack(path: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await unzip(bytes);
  } catch (error) {
    const received = `damaged gzip (${(error as Error).message})`;
    throw fileError(path, "a whole gzip file", received, "Fetch or pack the file again");
  }
}

/** Text is UTF-8, at least at its beginning, and has no NUL byte in its first line; a later one is a defect of its line. */
export function assertText(path: string, bytes: Buffer): void {
  const head = bytes.subarray(0, 65536);
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (utf16) throw fileError(path, "text in UTF-8", "text in UTF-16", "Save the file again as UTF-8");
  const nul = head.subarray(0, lineBreakIn(head)).indexOf(0);
  // A character cut at the end of the head is no defect, hence `stream`.
  if (nul < 0 && isUtf8(head)) return;
  const received = nul < 0 ? "bytes that are no UTF-8" : `binary data (a NUL at byte ${nul})`;
  throw fileError(path, "CSV text, CSV.gz or Parquet", received, "Give a file in one of these formats");
}

function lineBreakIn(bytes: Buffer): number {
  const lf = bytes.indexOf(10);
  return lf < 0 ? bytes.length : lf;
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
