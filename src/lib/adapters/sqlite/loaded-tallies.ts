import type { Store } from "./store.ts";
import { damagedStore } from "./store-error.ts";
import { missingRows, readTallies, Tally } from "./tally.ts";

type Kind = "patterns" | "forecasts" | "contexts" | "context_revisions";

/** What a table in RAM has read of one memory, counted per kind, horizon and series, to be held against the tallies. */
export class LoadedTallies {
  readonly #store: Store;
  readonly #loaded = new Map<string, Map<number, Tally>>();

  constructor(store: Store) {
    this.#store = store;
  }

  clear(): void {
    this.#loaded.clear();
  }

  /**
   * To be called with each row of one scan: its cells, beginning with series, anchor and revision (and matureAt, where
   * one context has several), its digest, and whether it is new to the table. Refuses rows out of the order of their key: where one page lies in another's
   * place, a search by key finds nothing although a scan finds all.
   */
  reader(kind: Kind, horizon: string): (cells: readonly number[], digest: number, fresh: boolean) => void {
    const name = JSON.stringify([kind, horizon]);
    const loaded = this.#loaded.get(name) ?? new Map<number, Tally>();
    this.#loaded.set(name, loaded);
    const several = kind === "context_revisions" ? 1 : 0;
    let [lastSeries, lastAnchor, lastRevision, lastKnown] = [-Infinity, -Infinity, -Infinity, -Infinity];
    return ([series, anchor, revision, known], digest, fresh) => {
      const order =
        series! - lastSeries ||
        anchor! - lastAnchor ||
        revision! - lastRevision ||
        several * (known! - lastKnown);
      if (!(order > 0))
        throw damagedStore(this.#store.place, `${kind} ${horizon}`.trim() + ": rows out of order");
      [lastSeries, lastAnchor, lastRevision] = [series!, anchor!, revision!];
      if (several) lastKnown = known!;
      if (!fresh) return;
      let tally = loaded.get(series!);
      if (!tally) loaded.set(series!, (tally = new Tally()));
      tally.add(digest);
    };
  }

  /** @throws RhymeError "store" where a row that was written is missing from the table, or there twice */
  check(memory: number): void {
    for (const [name, loaded] of this.#loaded) {
      const [kind, horizon] = JSON.parse(name) as [Kind, string];
      const written = new Map(
        readTallies(this.#store, "kind = ? AND memory = ? AND part = ?", [kind, memory, horizon]).map(
          ({ key, tally }) => [key.series, tally],
        ),
      );
      for (const series of new Set([...written.keys(), ...loaded.keys()])) {
        const [all, found] = [written.get(series) ?? new Tally(), loaded.get(series) ?? new Tally()];
        if (!found.equals(all)) throw missingRows(this.#store, `${kind} ${horizon}`.trim(), all, found);
      }
    }
  }
}
