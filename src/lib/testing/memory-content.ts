import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What was said and done when: kept by the clock, so two runs that end with the same memory differ in it. */
const LOGS = ["ingests", "answers"] as const;

/**
 * What a closed memory folder holds, so that two are the same where these are equal: a digest of every table and of
 * every file beside `rhyme.sqlite`, and one of the whole store as SQLite writes it anew, byte for byte, without free
 * pages and logs. The lock, which names who wrote last, is told by name only.
 */
export function memoryContent(folder: string): Readonly<Record<string, string>> {
  const scratch = mkdtempSync(join(tmpdir(), "rhyme-content-"));
  try {
    const copy = join(scratch, "copy");
    cpSync(folder, copy, { recursive: true }); // opening it would finish what a killed writer left
    return { ...filesOf(folder), ...storeOf(join(copy, "rhyme.sqlite"), join(scratch, "anew.sqlite")) };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const told = files.map((file) => relative(folder, file)).filter((name) => name !== "rhyme.sqlite");
  return Object.fromEntries(
    told.sort().map((name) => [name, name === "rhyme.lock" ? "" : digest(readFileSync(join(folder, name)))]),
  );
}

function storeOf(file: string, anew: string): Record<string, string> {
  if (!existsSync(file)) return {};
  const db = new DatabaseSync(file);
  try {
    const begun = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?");
    // A writer that was killed at once leaves a file without tables.
    for (const log of LOGS.filter((name) => begun.get(name)))
      db.exec(`DELETE FROM ${log}; DELETE FROM sqlite_sequence WHERE name = '${log}'`);
    if (begun.get("mirrored")) db.exec("DELETE FROM mirrored"); // how often an index was looked after
    if (begun.get("identity")) db.exec("DELETE FROM identity"); // made by chance, for an index
    db.prepare("VACUUM INTO ?").run(anew);
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    const rows = (table: string): string => JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all(), hexed);
    const byTable = tables.map(({ name }) => [`table ${String(name)}`, digest(rows(String(name)))]);
    return { ...(Object.fromEntries(byTable) as Record<string, string>), bytes: digest(readFileSync(anew)) };
  } finally {
    db.close();
  }
}

function hexed(_name: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
