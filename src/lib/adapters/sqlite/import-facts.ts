import { RhymeError } from "../../errors.ts";
import { checkSeriesKey, seriesName } from "../../memory/names.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import type { CandleFacts } from "../files/read-facts.ts";
import { CANDLE_VALUES, checkCandle, factDigest, sameCandle, valuesAt } from "./candle-facts.ts";
import { obtainSeries } from "./series-table.ts";
import { fixCalendar, INSERT, newestFacts, tallyKey } from "./sqlite-candles.ts";
import type { Store } from "./store.ts";
import { addToTally, pairDigest, Tally } from "./tally.ts";

/** What became of imported facts. */
export interface ImportReport {
  readonly added: number;
  readonly unchanged: number;
  /** Of bars that the memory has, with other values: known from now on. */
  readonly corrected: number;
  /** Of bars before the newest stored one that were missing: known from now on. */
  readonly late: number;
  /** Earlier facts of bars that the memory has: left out, since they would change what was known in the past. */
  readonly superseded: number;
}

/**
 * Facts with their own `knownAt`, whole or not at all. Bars behind the newest stored one keep it, corrections and late
 * flags too, so an export comes back as it was. Of earlier bars the past is already told: there only the newest fact
 * counts, as of `now`, and only where it says something new. A second import changes nothing.
 * @throws RhymeError "input" for a fact that is not known yet, "mismatch" for another calendar
 */
export function importFacts(store: Store, facts: CandleFacts, now: EpochMs): ImportReport {
  checkSeriesKey(facts);
  const early = facts.knownAt.findIndex((known) => known > now);
  if (early >= 0)
    throw new RhymeError("input", {
      place: `candles of ${seriesName(facts)}, row ${early + 1}`,
      expected: `a fact known by now, ${iso(now)}`,
      received: iso(facts.knownAt[early]!),
      remedy: "Check the clock of this machine and the known_at column.",
    });
  return store.write(() => {
    const number = obtainSeries(store, facts);
    fixCalendar(store, number, facts);
    return new FactWriter(store, number, facts, now).run();
  });
}

const EXISTS = "SELECT 1 FROM candles WHERE series = ? AND open_time = ? AND known_at = ? AND digest = ?";

class FactWriter {
  readonly #store: Store;
  readonly #series: number;
  readonly #facts: CandleFacts;
  readonly #now: EpochMs;
  readonly #digest = factDigest();
  readonly #values: (number | null)[] = new Array(CANDLE_VALUES);
  readonly #written = new Tally();
  readonly #lateOnes = new Tally();

  constructor(store: Store, series: number, facts: CandleFacts, now: EpochMs) {
    this.#store = store;
    this.#series = series;
    this.#facts = facts;
    this.#now = now;
  }

  run(): ImportReport {
    const { openTime } = this.#facts;
    const newest = (this.#store.row(
      "SELECT max(open_time) FROM candles WHERE series = ?",
      this.#series,
    )![0] ?? -Infinity) as number;
    const counts = { added: 0, unchanged: 0, corrected: 0, late: 0, superseded: 0 };
    const stored = newestFacts(
      this.#store,
      this.#series,
      openTime[0] ?? 0,
      Math.min(newest, openTime.at(-1) ?? 0),
    );
    for (let row = 0, s = 0; row < openTime.length; row++) {
      const open = openTime[row]!;
      if (open > newest) {
        counts[
          this.#insert(row, this.#facts.knownAt[row]!, this.#facts.late[row]!) ? "added" : "unchanged"
        ]++;
        continue;
      }
      while (s < stored.length && (stored[s]![0] as number) < open) s++;
      const fact = s < stored.length && stored[s]![0] === open ? stored[s]! : null;
      valuesAt(this.#facts, row, this.#values);
      if (this.#exists(row) || (fact && sameCandle(fact, this.#values))) counts.unchanged++;
      else if (openTime[row + 1] === open) counts.superseded++;
      else if (!this.#insert(row, Math.max(this.#now, this.#facts.knownAt[row]!), 1)) counts.unchanged++;
      else counts[fact ? "corrected" : "late"]++;
    }
    addToTally(this.#store, tallyKey("candles", this.#series), this.#written);
    addToTally(this.#store, tallyKey("late", this.#series), this.#lateOnes);
    return counts;
  }

  #exists(row: number): boolean {
    const { openTime, closeTime, knownAt, late } = this.#facts;
    const digest = this.#digest([openTime[row]!, closeTime[row]!, knownAt[row]!, late[row]!], this.#values);
    return this.#store.row(EXISTS, this.#series, openTime[row]!, knownAt[row]!, digest) !== null;
  }

  #insert(row: number, knownAt: EpochMs, late: number): boolean {
    const { openTime, closeTime } = this.#facts;
    valuesAt(this.#facts, row, this.#values);
    const head = [openTime[row]!, closeTime[row]!, knownAt, late];
    checkCandle(this.#facts, row, head, this.#values);
    const digest = this.#digest(head, this.#values);
    const { changes } = this.#store.statement(INSERT).run(this.#series, ...head, digest, ...this.#values);
    if (changes === 0) return false;
    this.#written.add(digest);
    if (late) this.#lateOnes.add(pairDigest(knownAt, digest));
    return true;
  }
}
