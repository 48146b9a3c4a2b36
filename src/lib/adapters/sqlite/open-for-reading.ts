import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { storeError } from "./store-error.ts";

const CANTOPEN = 14;
const READ_ONLY = 8;
/** SQLITE_IOERR_SHMSIZE: the disk is full, or nearly. */
const NO_ROOM_FOR_INDEX = 4874;

export interface OpenedForReading {
  readonly db: DatabaseSync;
  /** To be called after every access; throws where what was read may not be relied upon. */
  readonly check: (() => void) | null;
}

/** Reading needs room for the WAL index; a file without a WAL can do without where the folder or the disk gives none. */
export function openForReading(place: string, file: string, timeout: number): OpenedForReading {
  const db = new DatabaseSync(file, { timeout, readOnly: true });
  try {
    db.prepare("PRAGMA schema_version").get();
    return { db, check: null };
  } catch (error) {
    db.close();
    const code = (error as { errcode?: number }).errcode ?? 0;
    const full = code === NO_ROOM_FOR_INDEX;
    if (!full && (code & 0xff) !== CANTOPEN && (code & 0xff) !== READ_ONLY) throw error;
    const journal = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (journal > 0) throw full ? error : unfinished(place);
    const check = unchanged(place, file);
    const url = pathToFileURL(file);
    url.searchParams.set("immutable", "1");
    return { db: new DatabaseSync(url, { readOnly: true }), check };
  }
}

function unfinished(place: string): Error {
  return storeError(
    place,
    "a memory that its last writer closed, or a folder that can be written",
    "a read-only folder with the journal of a writer that is at work or was killed",
    "Run any command on it once as a user who may write there, then ask again.",
  );
}

/** SQLite takes no lock on a file opened as immutable, so another user's writing is noticed here. */
function unchanged(place: string, file: string): () => void {
  const stamp = (): string => {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  };
  const before = stamp();
  return () => {
    if (stamp() === before) return;
    throw storeError(
      place,
      "a memory that nobody writes to while it is read from a read-only folder",
      "one that was written to",
      "Open it again.",
    );
  };
}
