import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { APPLICATION_ID, FORMAT_VERSION, PAGE_SIZE, SCHEMA } from "./schema.ts";
import { asStoreError, storeError } from "./store-error.ts";
import { Store } from "./store.ts";
import { acquireWriterLock, LOCK_FILE, type WriterLock } from "./writer-lock.ts";

export const STORE_FILE = "rhyme.sqlite";
export const ENCODER_FOLDER = "encoders";
/** What a folder may hold in which a memory is begun: also what a crash in that very moment leaves. */
const OURS = new Set([
  STORE_FILE,
  `${STORE_FILE}-journal`,
  `${STORE_FILE}-wal`,
  `${STORE_FILE}-shm`,
  LOCK_FILE,
  `${LOCK_FILE}-journal`,
  ENCODER_FOLDER,
]);

const CANTOPEN = 14;
const READ_ONLY = 8;

export interface OpenOptions {
  /** `write`: the one writer, makes the folder where there is none. `read`: any number, also while one writes. */
  readonly mode: "read" | "write";
  /** How long to wait for another writer, in ms. */
  readonly deadlineMs?: number;
  /** How this writer is named to another one that has to wait. */
  readonly writer?: string;
  /** Ceiling on the size of the store in bytes; beyond it a write fails as on a full disk. */
  readonly maxBytes?: number;
}

const DEFAULT_DEADLINE_MS = 10_000;

/** Opens or begins the store of a memory folder. @throws RhymeError "store" naming path, expectation and remedy */
export function openStore(path: string, options: OpenOptions): { store: Store; release: () => void } {
  const place = `memory ${path}`;
  const { mode, deadlineMs = DEFAULT_DEADLINE_MS } = options;
  if (path.trim() === "")
    throw storeError("memory", "the path of a folder", "an empty one", "Name a folder.");
  const folder = resolve(path);
  let lock: WriterLock | null = null;
  let db: DatabaseSync | null = null;
  try {
    const begin = prepareFolder(place, folder, mode);
    if (mode === "write") lock = acquireWriterLock(folder, options.writer ?? "rhyme", deadlineMs);
    db = mode === "write" ? openForWriting(folder, deadlineMs) : openForReading(folder, deadlineMs);
    if (begin && isEmpty(db)) beginStore(db);
    checkFormat(place, db);
    if (mode === "write") tune(db, options.maxBytes);
  } catch (error) {
    db?.close();
    lock?.release();
    throw asStoreError(place, fileError(place, error));
  }
  const store = new Store(db, place, mode === "write");
  return {
    store,
    release: () => {
      store.close();
      lock?.release();
    },
  };
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
  const begun = existsSync(file) && statSync(file).size > 0;
  if (begun) return false;
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

/** Reading needs a place for the WAL index; a folder on a read-only disk without a WAL cannot change, so it needs none. */
function openForReading(folder: string, timeout: number): DatabaseSync {
  const file = join(folder, STORE_FILE);
  const db = new DatabaseSync(file, { timeout, readOnly: true });
  try {
    db.prepare("PRAGMA schema_version").get();
    return db;
  } catch (error) {
    db.close();
    const code = (error as { errcode?: number }).errcode ?? 0;
    const unwritable = (code & 0xff) === CANTOPEN || (code & 0xff) === READ_ONLY;
    if (!unwritable || existsSync(`${file}-wal`)) throw error;
    const url = pathToFileURL(file);
    url.searchParams.set("immutable", "1");
    return new DatabaseSync(url, { readOnly: true });
  }
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
  const id = pragma(db, "application_id");
  if (id !== APPLICATION_ID)
    throw storeError(
      place,
      `${STORE_FILE} of Rhyme (application id 0x${APPLICATION_ID.toString(16)})`,
      `another program's database (application id 0x${id.toString(16)})`,
      "Name the folder of a Rhyme memory, or a new one.",
    );
  const version = pragma(db, "user_version");
  if (version !== FORMAT_VERSION)
    throw storeError(
      place,
      `format version ${FORMAT_VERSION}`,
      `format version ${version}`,
      version > FORMAT_VERSION
        ? "Update Rhyme: a newer one wrote this."
        : "Remember the candles again in a new folder.",
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
