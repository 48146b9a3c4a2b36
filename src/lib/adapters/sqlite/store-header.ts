import { closeSync, openSync, readSync, statSync } from "node:fs";
import { APPLICATION_ID, FORMAT_VERSION, MIGRATIONS } from "./schema.ts";
import { storeError } from "./store-error.ts";

export const STORE_FILE = "rhyme.sqlite";

const MAGIC = "SQLite format 3\0";
const HEADER_BYTES = 100;
const USER_VERSION_AT = 60; // big-endian, sqlite.org/fileformat2.html section 1.3
const APPLICATION_ID_AT = 68;

/**
 * Refuses a file that is no store of this format before SQLite, or a lock, leaves a trace beside it.
 * @param older see checkIdentity
 * @throws RhymeError "store" saying what it is instead
 */
export function checkHeader(place: string, file: string, older: boolean): void {
  if (!statSync(file).isFile())
    throw storeError(
      place,
      `${STORE_FILE}, a file`,
      "a folder of that name",
      "Name the folder of a Rhyme memory, or a new one.",
    );
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, "r");
  try {
    const read = readSync(descriptor, header, 0, HEADER_BYTES, 0);
    if (read < HEADER_BYTES || header.toString("latin1", 0, MAGIC.length) !== MAGIC)
      throw storeError(
        place,
        "a Rhyme memory",
        `${STORE_FILE} that is no database, or a damaged one`,
        `Choose another folder, or restore ${STORE_FILE} from a copy.`,
      );
  } finally {
    closeSync(descriptor);
  }
  checkIdentity(place, header.readInt32BE(APPLICATION_ID_AT), header.readInt32BE(USER_VERSION_AT), older);
}

/**
 * @param older let pass what a writer brings to this format when it opens it
 * @throws RhymeError "store" for another program's file and for another format
 */
export function checkIdentity(place: string, applicationId: number, version: number, older: boolean): void {
  if (applicationId !== APPLICATION_ID)
    throw storeError(
      place,
      `${STORE_FILE} of Rhyme (application id 0x${APPLICATION_ID.toString(16)})`,
      `another program's database (application id 0x${(applicationId >>> 0).toString(16)})`,
      "Name the folder of a Rhyme memory, or a new one.",
    );
  const fits = version === FORMAT_VERSION || (older && version in MIGRATIONS);
  if (!fits)
    throw storeError(
      place,
      `format version ${FORMAT_VERSION}`,
      `format version ${version}`,
      version > FORMAT_VERSION
        ? "Update Rhyme: a newer one wrote this."
        : version in MIGRATIONS
          ? "Run `./rhyme remember` on it once: whoever writes to it brings it to this format."
          : "Remember the candles again in a new folder.",
    );
}
