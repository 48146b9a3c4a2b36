import { channels, type Channels } from "./channels.ts";
import { checkNamed } from "./named-rows.ts";
import { openBesideWriter } from "./open-store.ts";

/**
 * Changes which versions are read, also while another process is the folder's only writer: a row and its tally are
 * read and written in one transaction of SQLite, and no writer remembers them from one transaction to the next. So
 * going back waits for the transaction that is being written, not for hours of remembering.
 * @throws RhymeError "store" for anything that is not a whole memory of this format, or a transaction that takes longer
 */
export function besideWriter<T>(path: string, work: (read: Channels) => T, deadlineMs?: number): T {
  const store = openBesideWriter(path, deadlineMs);
  try {
    checkNamed(store);
    return work(channels(store));
  } finally {
    store.close();
  }
}
