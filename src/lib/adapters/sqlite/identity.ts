import { randomUUID } from "node:crypto";
import { damagedStore } from "./store-error.ts";
import type { Store } from "./store.ts";
import { textDigest } from "./tally.ts";

/**
 * A name of its own for this memory, by which an index on a server tells whose change numbers it has mirrored. Made
 * when a writer first asks for it: a memory without an index depends on nothing but what was put into it. A reader
 * of a memory that has none is given one that is nobody's, which fits no index.
 * @throws RhymeError "store" where it is damaged
 */
export function identityOf(store: Store): string {
  const kept = read(store);
  if (kept !== null || !store.writable) return kept ?? randomUUID();
  return store.write(() => {
    const uuid = randomUUID();
    store.run("INSERT INTO identity VALUES (1, ?, ?)", uuid, textDigest(uuid));
    return uuid;
  });
}

function read(store: Store): string | null {
  const row = store.row("SELECT uuid, digest FROM identity WHERE one = 1");
  if (!row) return null;
  if (textDigest(row[0] as string) !== row[1]) throw damagedStore(store.place, "its identity");
  return row[0] as string;
}
