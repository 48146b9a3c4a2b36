import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { Ui } from "./ui.ts";

const BUSY = 5; // SQLITE_BUSY

/**
 * A lock of the operating system, on a small SQLite file: it goes with its process however that ends. Whoever must
 * wait is told once for whom: `another start of rhyme that ${doing}`.
 */
export async function cacheLock(
  file: string,
  doing: string,
  ui: Ui,
  signal: AbortSignal,
): Promise<() => void> {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    for (let told = false; ; told = true) {
      try {
        db.exec("BEGIN EXCLUSIVE");
        return () => db.close();
      } catch (error) {
        if ((error as { errcode?: number }).errcode !== BUSY) throw error;
        if (!told) ui.note(`waiting for another start of rhyme that ${doing}`);
        await pause(500, undefined, { signal });
      }
    }
  } catch (error) {
    db.close();
    throw error;
  }
}
