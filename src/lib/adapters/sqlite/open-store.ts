import { existsSync, lstatSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openForReading } from "./open-for-reading.ts";
import { APPLICATION_ID, FORMAT_VERSION, MIGRATIONS, PAGE_SIZE, SCHEMA } from "./schema.ts";
import { asStoreError, damagedStore, storeError } from "./store-error.ts";
import { checkHeader, checkIdentity, STORE_FILE } from "./store-header.ts";
import { Store } from "./store.ts";
import { acquireWriterLock, LOCK_FILE, type WriterLock } from "./writer-lock.ts";

export const ENCODER_FOLDER = "encoders";
/** What is being done to a memory, kept while it is done; nothing in it is truth. */
export const JOB_FOLDER = "jobs";
/** What a folder may hold in which a memory is begun: also what a crash in that very moment leaves. */
const OURS = new Set([
  STORE_FILE,
  `${STORE_FILE}-journal`,
  `${STORE_FILE}-wal`,
  `${STORE_FILE}-shm`,
  LOCK_FILE,
  `${LOCK_FILE}-journal`,
  ENCODER_FOLDER,
  JOB_FOLDER,
]);

export interface OpenOptions {
  /** `write`: the one writer, makes the folder where there is none. `read`: any number, also while one writes. */
  readonly mode: "read" | "write";
  /** How long to wait for another writer, in ms. */
  readonly deadlineMs?: number;
  /** Told once, before waiting begins, who is writing: waiting blocks. */
  readonly onWait?: (holder: string) => void;
  /** How this writer is named to another one that has to wait. */
  readonly writer?: string;
  /** Ceiling on the size of the store in bytes; beyond it a write fails as on a full disk. */
  readonly maxBytes?: number;
}

const DEFAULT_DEADLINE_MS = 10_000;
/** What the one writer at least grants those who change a row beside it (see openBesideWriter): they take milliseconds. */
const BESIDE_MS = 2_000;

/** Opens or begins the store of a memory folder. @throws RhymeError "store" naming path, expectation and remedy */
export function openStore(path: string, options: OpenOptions): { store: Store; release: () => void } {
  const place = `memory ${path}`;
  const { mode, deadlineMs = DEFAULT_DEADLINE_MS } = options;
  if (path.trim() === "")
    throw storeError("memory", "the path of a folder", "an empty one", "Name a folder.");
  const folder = resolve(path);
  let lock: WriterLock | null = null;
  let db: DatabaseSync | null = null;
  let check: (() => void) | null = null;
  try {
    const begin = prepareFolder(place, folder, mode);
    if (mode === "write")
      lock = acquireWriterLock(folder, options.writer ?? "rhyme", deadlineMs, options.onWait);
    if (mode === "write") db = openForWriting(folder, Math.max(deadlineMs, BESIDE_MS));
    else ({ db, check } = openForReading(place, join(folder, STORE_FILE), deadlineMs));
    if (begin && isEmpty(db)) beginStore(db);
    if (mode === "write") migrate(place, db);
    checkFormat(place, db);
    if (mode === "write") tune(db, options.maxBytes);
  } catch (error) {
    db?.close();
    lock?.release();
    throw asStoreError(place, fileError(place, error));
  }
  const store = new Store(db, place, mode === "write", check);
  return {
    store,
    release: () => {
      store.close();
      lock?.release();
    },
  };
}

/**
 * Opens a store for one small transaction beside whoever is its writer: SQLite lets them commit one after the other.
 * Only for rows of which no writer keeps anything in RAM. Nothing is begun or brought to this format here.
 * @param deadlineMs how long to wait for the transaction that is being written
 * @throws RhymeError "store" naming path, expectation and remedy
 */
export function openBesideWriter(path: string, deadlineMs = DEFAULT_DEADLINE_MS): Store {
  const place = `memory ${path}`;
  let db: DatabaseSync | null = null;
  try {
    prepareFolder(place, resolve(path), "read");
    db = openForWriting(resolve(path), deadlineMs);
    checkFormat(place, db);
    return new Store(db, place, true);
  } catch (error) {
    db?.close();
    throw asStoreError(place, fileError(place, error));
  }
}

/** Whether a new memory may be begun here; throws where there is something else. */
function prepareFolder(place: string, folder: string, mode: "read" | "write"): boolean {
  const file = join(folder, STORE_FILE);
  if (!existsSync(folder)) {
    if (mode === "read") throw noMemory(place, "no such folder");
    mkdirSync(folder, { recursive: true });
    return true;
  }
  if (!statSync(folder).isDirectory())
    throw storeError(place, "a folder", "a file", "Name the folder of the memory, not a file.");
  const others = readdirSync(folder).filter((name) => !OURS.has(name));
  if (mode === "write" && lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink())
    throw storeError(
      place,
      `${STORE_FILE} itself`,
      "a symbolic link, past which another writer would find no lock",
      "Name the folder that the link leads into, or make the whole folder the link.",
    );
  const begun = existsSync(file) && (statSync(file).size > 0 || !statSync(file).isFile());
  // A journal is of a transaction that a crash cut short; only SQLite can tell what the file was before it.
  // Nor is what a writer that still runs, or was killed, has brought to this format in the file itself yet.
  const older = mode === "write" || (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  const isCut = existsSync(`${file}-journal`);
  if (begun && !isCut) checkHeader(place, file, older);
  if (begun) return isCut && mode === "write"; // cut off in its beginning, it is empty again once it is opened
  if (others.length > 0)
    throw storeError(
      place,
      "a memory folder or an empty one",
      `a folder without ${STORE_FILE} that holds ${others.slice(0, 3).join(", ")}${others.length > 3 ? ", …" : ""}`,
      "Name an empty or a new folder for the memory.",
    );
  if (mode === "read") throw noMemory(place, "an empty folder");
  return true;
}

function noMemory(place: string, received: string): Error {
  return storeError(place, "a memory folder", received, "Check the path, or make one with `rhyme remember`.");
}

function openForWriting(folder: string, timeout: number): DatabaseSync {
  return new DatabaseSync(join(folder, STORE_FILE), { timeout });
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
}

function isEmpty(db: DatabaseSync): boolean {
  return pragma(db, "page_count") === 0;
}

/** The whole schema in one transaction: a crash leaves an empty file, which is begun again. */
function beginStore(db: DatabaseSync): void {
  db.exec(`PRAGMA page_size = ${PAGE_SIZE}`);
  db.exec(
    `BEGIN IMMEDIATE; ${SCHEMA} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}; COMMIT`,
  );
}

function checkFormat(place: string, db: DatabaseSync): void {
  checkIdentity(place, pragma(db, "application_id"), pragma(db, "user_version"), false);
  if (schemaOf(db) !== (ourSchema ??= freshSchema())) throw damagedStore(place, "its tables");
}

/** Brings a store of an earlier format to this one, in one transaction, unless its tables are not those of that format. */
function migrate(place: string, db: DatabaseSync): void {
  const version = pragma(db, "user_version");
  if (version === FORMAT_VERSION) return;
  checkIdentity(place, pragma(db, "application_id"), version, true);
  db.exec("BEGIN IMMEDIATE");
  try {
    for (let from = version; from < FORMAT_VERSION; from++) db.exec(MIGRATIONS[from]!);
    db.exec(`PRAGMA user_version = ${FORMAT_VERSION}`);
    checkFormat(place, db);
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

let ourSchema: string | undefined;

/** The tables as a store of this format has them. */
function freshSchema(): string {
  const db = new DatabaseSync(":memory:");
  db.exec(SCHEMA);
  const schema = schemaOf(db);
  db.close();
  return schema;
}

function schemaOf(db: DatabaseSync): string {
  return JSON.stringify(
    db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name").all(),
  );
}

function tune(db: DatabaseSync, maxBytes: number | undefined): void {
  db.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000",
  );
  if (maxBytes !== undefined) db.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / PAGE_SIZE)}`);
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "a read-only file system",
  ENOTDIR: "a path through a file",
  ENOSPC: "a full disk",
  ENAMETOOLONG: "a path that is too long",
};

/** Errors of the file system as RhymeErrors. */
function fileError(place: string, error: unknown): unknown {
  const code = (error as { code?: string }).code ?? "";
  const received = FILE_ERRORS[code];
  if (!received) return error;
  return storeError(
    place,
    "a folder that can be used",
    received,
    "Choose another path or change its permissions.",
  );
}
