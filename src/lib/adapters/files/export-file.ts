import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import pl from "nodejs-polars";
import { RhymeError } from "../../errors.ts";
import { framesOf, type ExportTable } from "./export-columns.ts";
import type { Frame } from "./frame-table.ts";

export interface ExportOptions {
  /** What an empty table is called. */
  readonly name?: string;
  /** Replace a file that is there. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  /** Told after every batch how many rows are written. */
  readonly onRows?: (rows: number) => void;
}

export interface Exported {
  readonly rows: number;
  readonly bytes: number;
}

/** Rows of a row group: what a reader that wants a part of the file has to read at least. */
const ROW_GROUP = 131_072;

/**
 * Writes a table to a Parquet or, by its name, a CSV file, whole or not at all. Batches go into a folder beside it
 * and are joined by a stream, so that a table larger than memory can be written.
 * @throws RhymeError "usage" or "input" where it cannot be written, or there is no row
 */
export async function writeExport(
  path: string,
  table: ExportTable,
  options: ExportOptions = {},
): Promise<Exported> {
  const { force = false, signal } = options;
  const csv = checkExportPath(path, table, force) === "csv";
  const parts = `${resolve(path)}.part-${process.pid}`;
  try {
    clearLeftovers(path);
    mkdirSync(parts);
    const rows = await writeParts(parts, table, options);
    const whole = join(parts, "whole");
    const all = pl.scanParquet(join(parts, "*.parquet"), { cache: false });
    const sink = csv
      ? all.sinkCSV(whole, { maintainOrder: true, dateTimeFormat: "%Y-%m-%dT%H:%M:%S%.3fZ" } as CsvOptions)
      : all.sinkParquet(whole, { compression: "zstd", maintainOrder: true, rowGroupSize: ROW_GROUP });
    await sink.collect();
    signal?.throwIfAborted();
    const bytes = statSync(whole).size;
    renameSync(whole, path);
    return { rows, bytes };
  } catch (error) {
    throw writeError(path, error);
  } finally {
    rmSync(parts, { recursive: true, force: true });
  }
}

type CsvOptions = Parameters<ReturnType<Frame["lazy"]>["sinkCSV"]>[1];

async function writeParts(
  parts: string,
  table: ExportTable,
  { name = "the table", signal, onRows }: ExportOptions,
): Promise<number> {
  let [rows, part] = [0, 0];
  for (const frame of framesOf(table)) {
    frame.writeParquet(join(parts, `${String(part++).padStart(8, "0")}.parquet`), { compression: "lz4" });
    rows += frame.height;
    onRows?.(rows);
    await nextTurn();
    signal?.throwIfAborted();
  }
  if (rows > 0) return rows;
  throw new RhymeError("input", {
    place: name,
    expected: "at least one row",
    received: "none",
    remedy: "Widen --from, --to, --as-of or the series that are chosen.",
  });
}

/** Whether a file of this name can be written, before work is done for it. */
export function checkExportPath(
  path: string,
  { shape }: Pick<ExportTable, "shape">,
  force: boolean,
): "parquet" | "csv" {
  const refuse = (expected: string, received: string, remedy: string): never => {
    throw new RhymeError("usage", { place: `--out ${path}`, expected, received, remedy });
  };
  const extension = extname(path).toLowerCase();
  if (extension !== ".parquet" && extension !== ".csv")
    refuse(
      "a name that ends in .parquet or .csv",
      JSON.stringify(basename(path)),
      "Name for example out.parquet.",
    );
  const lists = Object.keys(shape).filter((name) => ["vector", "texts"].includes(shape[name]!));
  if (extension === ".csv" && lists.length > 0)
    refuse(
      "Parquet, since a CSV file has no lists",
      `a CSV file for ${lists.join(", ")}`,
      "Name it .parquet.",
    );
  const folder = dirname(resolve(path));
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    refuse(
      "a file in a folder that exists",
      `no folder ${folder}`,
      "Make the folder first, or choose another.",
    );
  if (existsSync(path) && statSync(path).isDirectory())
    refuse("the name of a file", "a folder", "Name a file in it.");
  if (existsSync(path) && !force)
    refuse("a file that is not there yet", "one that is", "Choose another name, or replace it with --force.");
  return extension === ".csv" ? "csv" : "parquet";
}

/** Batches that a killed export of this file left behind. */
function clearLeftovers(path: string): void {
  const start = `${basename(path)}.part-`;
  for (const name of readdirSync(dirname(resolve(path)))) {
    const pid = name.startsWith(start) ? Number(name.slice(start.length)) : NaN;
    if (Number.isInteger(pid) && !isAlive(pid))
      rmSync(join(dirname(resolve(path)), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid; // an earlier process of this number: ours has made none yet
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Polars tells what the system refused in words only. */
function writeError(path: string, error: unknown): unknown {
  const text = error instanceof Error && !(error instanceof RhymeError) ? error.message : "";
  const full = /no space left|os error 28\b|quota/i.test(text);
  if (!full && !/permission denied|read-only file system|os error (13|30)\b/i.test(text)) return error;
  return new RhymeError("input", {
    place: `--out ${path}`,
    expected: full ? "room on the disk" : "a folder that can be written",
    received: text.split("\n")[0]!.slice(0, 200),
    remedy: full ? "Free some space, then run the same command again." : "Choose another folder.",
  });
}
