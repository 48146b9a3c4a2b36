import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { RhymeError } from "../../errors.ts";
import { asStoreError, storeError } from "./store-error.ts";

export const LOCK_FILE = "rhyme.lock";

/** SQLITE_BUSY: another connection holds the lock. */
const BUSY = 5;

const ONLY_WRITER = "to be its only writer";

export interface WriterLock {
  release(): void;
}

/**
 * Makes this process the only writer of a folder, waiting up to `deadlineMs`. The lock is the operating system's,
 * on a small SQLite file: it goes with the process however that ends, so there is no stale lock to detect. Readers
 * never look at it. The file says who holds it, for the message to whoever comes second; that name and pid are never
 * taken as a sign that the lock is held, so a pid that another program was given since is in nobody's way.
 * @throws RhymeError "store" naming the process that writes
 */
export function acquireWriterLock(
  folder: string,
  writer: string,
  deadlineMs: number,
  onWait?: (holder: string) => void,
): WriterLock {
  const place = `memory ${folder}`;
  let db: DatabaseSync | undefined;
  try {
    if (onWait && deadlineMs > 0 && isHeld(folder)) onWait(holderOf(folder));
    db = new DatabaseSync(join(folder, LOCK_FILE), { timeout: deadlineMs });
    db.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF");
    db.exec("BEGIN IMMEDIATE");
    db.exec("CREATE TABLE IF NOT EXISTS writer (pid INTEGER, host TEXT, name TEXT); DELETE FROM writer");
    db.prepare("INSERT INTO writer VALUES (?, ?, ?)").run(process.pid, hostname(), writer);
    db.exec("COMMIT; BEGIN IMMEDIATE"); // committed so that others can read it, and held from here on
  } catch (error) {
    const holder = (error as { errcode?: number }).errcode === BUSY ? holderOf(folder) : null;
    if (db?.isTransaction) db.exec("ROLLBACK");
    db?.close();
    if (holder === null) throw asStoreError(place, error);
    const remedy = "Wait for it to finish, or raise the deadline; reading is possible meanwhile.";
    throw storeError(place, `${ONLY_WRITER} within ${deadlineMs} ms`, holder, remedy);
  }
  const held = db;
  return {
    release: () => {
      if (held.isOpen) held.close(); // which ends the transaction; a statement of its own could fail
    },
  };
}

/** Whether a folder could not be opened for writing because another writer had it. */
export function isHeldByAnother(error: unknown): boolean {
  return error instanceof RhymeError && error.fields.expected.startsWith(ONLY_WRITER);
}

/** Whether the lock is held right now. */
function isHeld(folder: string): boolean {
  const db = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
  try {
    db.exec("BEGIN IMMEDIATE; ROLLBACK");
    return false;
  } catch (error) {
    return (error as { errcode?: number }).errcode === BUSY;
  } finally {
    db.close();
  }
}

/** False where a pid of this machine is known to be gone: then it is the one before who is named, not the holder. */
function mayLive(pid: number, host: string): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== "ESRCH";
  }
}

function holderOf(folder: string): string {
  try {
    const db = new DatabaseSync(join(folder, LOCK_FILE), { readOnly: true, timeout: 100 });
    const row = db.prepare("SELECT pid, host, name FROM writer").get();
    db.close();
    if (row && mayLive(Number(row["pid"]), String(row["host"])))
      return `${row["name"]}, process ${row["pid"]} on ${row["host"]}, writing to it`;
  } catch {
    // Just being written: fall through to what is known for certain.
  }
  return "another process writing to it";
}
