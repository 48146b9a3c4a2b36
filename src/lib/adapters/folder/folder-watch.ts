import { watch, type FSWatcher } from "node:fs";
import { nameOfFile } from "../files/read-candles.ts";
import type { SeriesKey } from "../../candles/candle-series.ts";

/** Whoever follows one series of a folder. */
interface Reader extends Pick<SeriesKey, "symbol" | "timeframe"> {
  readonly tell: () => void;
}

/** What is written in one go is told once. */
const TOGETHER_MS = 5;

/**
 * Tells of candle files that are written, as far as the file system says so: on a network it may not, and who follows a
 * folder looks from time to time as well. Keeps no process alive.
 */
export class FolderWatch {
  readonly #folders = new Map<
    string,
    { readonly watcher: FSWatcher; readonly readers: Map<string, Reader> }
  >();
  readonly #soon = new Map<string, NodeJS.Timeout>();

  /** Again and again is as good as once. @param id of whoever is told, until `forget` */
  watch(folder: string, id: string, reader: Reader): void {
    const { readers } = this.#folders.get(folder) ?? this.#begin(folder);
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

  #begin(folder: string): { readonly readers: Map<string, Reader> } {
    const readers = new Map<string, Reader>();
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      for (const [id, reader] of readers) if (isOf(reader, name)) this.#tell(id, reader);
    });
    // The folder is gone, or cannot be watched any more: the next look begins anew.
    watcher.on("error", () => {
      watcher.close();
      this.#folders.delete(folder);
    });
    this.#folders.set(folder, { watcher, readers });
    return { readers };
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

function isOf({ symbol, timeframe }: Reader, name: string | null): boolean {
  if (name === null) return true; // some systems do not say which
  if (name.startsWith(".")) return false;
  const said = nameOfFile(name);
  return said.symbol === symbol && (said.timeframe ?? timeframe) === timeframe;
}
