import { statSync, watch, type FSWatcher } from "node:fs";
import type { SeriesKey } from "../../candles/candle-series.ts";
import { isFileOf } from "./folder-news.ts";

/** Whoever follows one series of a folder. */
interface Reader extends Pick<SeriesKey, "symbol" | "timeframe"> {
  readonly tell: () => void;
}

interface Watched {
  readonly watcher: FSWatcher;
  readonly readers: Map<string, Reader>;
  /** Which folder it is, of all that have had its name. */
  readonly place: string;
}

/** What is written in one go is told once. */
const TOGETHER_MS = 5;

/**
 * Tells of candle files that are written, as far as the file system says so: on a network it may not, and who follows a
 * folder looks from time to time as well. Keeps no process alive.
 */
export class FolderWatch {
  readonly #folders = new Map<string, Watched>();
  readonly #soon = new Map<string, NodeJS.Timeout>();

  /**
   * Again and again is as good as once; a folder that was made anew meanwhile is watched from now on.
   * @param id of whoever is told, until `forget`
   * @throws Error where the folder is away
   */
  watch(folder: string, id: string, reader: Reader): void {
    const before = this.#folders.get(folder);
    const place = placeOf(folder);
    const isThere = before?.place === place;
    if (before && !isThere) before.watcher.close();
    const { readers } = isThere ? before : this.#begin(folder, place, before?.readers ?? new Map());
    readers.set(id, reader);
  }

  forget(id: string): void {
    for (const [folder, { watcher, readers }] of this.#folders) {
      if (!readers.delete(id) || readers.size > 0) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
  }

  close(): void {
    for (const { watcher } of this.#folders.values()) watcher.close();
    for (const timer of this.#soon.values()) clearTimeout(timer);
    this.#folders.clear();
    this.#soon.clear();
  }

  #begin(folder: string, place: string, readers: Map<string, Reader>): Watched {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      // Some systems do not say which file it is.
      for (const [id, reader] of readers) if (name === null || isFileOf(name, reader)) this.#tell(id, reader);
    });
    // The folder is gone, or cannot be watched any more: the next look begins anew.
    watcher.on("error", () => {
      watcher.close();
      if (this.#folders.get(folder) === watched) this.#folders.delete(folder);
    });
    const watched = { watcher, readers, place };
    this.#folders.set(folder, watched);
    return watched;
  }

  #tell(id: string, { tell }: Reader): void {
    if (this.#soon.has(id)) return;
    const timer = setTimeout(() => {
      this.#soon.delete(id);
      tell();
    }, TOGETHER_MS);
    timer.unref();
    this.#soon.set(id, timer);
  }
}

/** Another folder in its place has another one; it may have the same inode. */
function placeOf(folder: string): string {
  const { dev, ino, birthtimeMs } = statSync(folder);
  return `${dev} ${ino} ${birthtimeMs}`;
}
