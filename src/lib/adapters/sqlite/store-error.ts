import { RhymeError } from "../../errors.ts";

type Meaning = readonly [expected: string, received: string, remedy: string];

const DAMAGED: Meaning = [
  "a whole store",
  "a damaged one",
  "Restore rhyme.sqlite from a copy, or remember the candle files again in a new folder.",
];

const FULL: Meaning = [
  "room on the disk",
  "a full disk",
  "Free some space and run the same command again: everything committed is whole, the rest is added.",
];

/** What a store error of SQLite means to the person at the keyboard, by result code, primary or extended (sqlite.org/rescode). */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  5: [
    "a store that is free",
    "a store locked by another process",
    "Wait until that process is done and try again.",
  ],
  6: ["a store that is free", "a locked table", "Wait until the other process is done and try again."],
  8: [
    "a folder that may be written to",
    "a read-only one",
    "Make the folder and its files writable, or open it for reading.",
  ],
  10: [
    "a disk that reads and writes",
    "an input/output error",
    "Check the disk; everything committed before is still whole.",
  ],
  11: DAMAGED,
  13: FULL,
  14: [
    "a store that can be opened",
    "a file that cannot be opened",
    "Check that the path exists and its permissions.",
  ],
  19: DAMAGED, // a table and its index contradict each other
  23: ["access to the store", "permission denied", "Check the permissions of the folder and its files."],
  26: [
    "a Rhyme memory",
    "a file that is no database",
    "Choose another folder, or restore rhyme.sqlite from a copy.",
  ],
  4874: FULL, // no room for the index of the write-ahead log
};

interface SqliteError extends Error {
  readonly errcode?: number;
  readonly code?: string;
}

/** A RhymeError for what the outside did to the store; any other error as it is. */
export function asStoreError(place: string, error: unknown): unknown {
  if (error instanceof RhymeError || !(error instanceof Error)) return error;
  const { errcode, code } = error as SqliteError;
  if (code === "ERR_OUT_OF_RANGE") return damagedStore(place, error.message); // no number we write is that large
  const meaning = errcode === undefined ? undefined : (MEANINGS[errcode] ?? MEANINGS[errcode & 0xff]);
  if (!meaning) return error;
  const [expected, received, remedy] = meaning;
  return new RhymeError("store", { place, expected, received: `${received} (${error.message})`, remedy });
}

export function storeError(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("store", { place, expected, received, remedy });
}

/** What was read cannot have been written. */
export function damagedStore(place: string, what: string): RhymeError {
  const [expected, received, remedy] = DAMAGED;
  return storeError(place, expected, `${received} (${what})`, remedy);
}
