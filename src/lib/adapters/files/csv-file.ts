import { open, type FileHandle } from "node:fs/promises";
import { csvTable, CsvRows } from "./csv-table.ts";
import { findDialect, type DialectOptions } from "./dialect.ts";
import { assertText } from "./read-bytes.ts";
import type { Table } from "./table.ts";

/** Smaller files are there at once. */
const LARGE = 8 * 2 ** 20;
/** Bytes that are read while rows are parsed; the first of them tell how the file is written. */
const PART = 4 * 2 ** 20;
/** As many lines as anybody looks at to tell that. */
const LINES_OF_HEAD = 1001;

/**
 * The table of a large CSV file, whose rows are parsed while the next part of it is read. Null where the file is small
 * or anything else: then it is to be read whole, which also tells what is wrong with it.
 * @throws RhymeError "input" without usable columns or without rows; the reason of `signal`
 */
export async function csvFileTable(
  path: string,
  options: DialectOptions & { readonly signal?: AbortSignal },
): Promise<Table | null> {
  const file = await open(path).catch(() => null);
  if (file === null) return null;
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size < LARGE || stat.size >= 2 ** 31) return null;
    return await readParts(path, file, Buffer.allocUnsafeSlow(stat.size), options);
  } finally {
    await file.close();
  }
}

async function readParts(
  path: string,
  file: FileHandle,
  bytes: Buffer,
  options: DialectOptions & { readonly signal?: AbortSignal },
): Promise<Table | null> {
  const readPart = async (at: number): Promise<number> => {
    options.signal?.throwIfAborted();
    return (await file.read(bytes, at, Math.min(PART, bytes.length - at), at)).bytesRead;
  };
  let filled = await readPart(0);
  const head = bytes.subarray(0, filled);
  if (!isPlainText(head)) return null;
  assertText(path, head);
  const rows = new CsvRows(bytes, findDialect(path, head, options));
  for (let more = filled; more > 0 && filled < bytes.length; filled += more) {
    const next = readPart(filled);
    rows.readPlainUpTo(filled);
    more = await next;
  }
  // Somebody has cut it meanwhile.
  if (filled < bytes.length) return csvTable(path, bytes.subarray(0, filled), options);
  rows.read();
  return rows.table(path);
}

/** Whether the beginning of a file is neither packed nor Parquet, has no byte order mark, and is cut into lines. */
function isPlainText(head: Buffer): boolean {
  const isOther = head[0] === 0x1f || head[0] === 0xef || head.toString("latin1", 0, 4) === "PAR1";
  let at = 0;
  for (let lines = 0; lines < LINES_OF_HEAD && at >= 0; lines++) at = head.indexOf(10, at + 1);
  return !isOther && at >= 0;
}
