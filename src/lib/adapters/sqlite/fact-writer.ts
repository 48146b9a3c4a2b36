import type { CandleFacts } from "../../candles/candle-facts.ts";
import type { CandleSeries } from "../../candles/candle-series.ts";
import type { WriteReport } from "../../candles/candle-store.ts";
import { RhymeError } from "../../errors.ts";
import { checkSeriesKey, seriesName } from "../../memory/names.ts";
import type { EpochMs } from "../../time/units.ts";
import { CANDLE_VALUES, checkCandle, factDigest, sameCandle, valuesAt } from "./candle-facts.ts";
import { changeNamed } from "./named-rows.ts";
import { obtainSeries } from "./series-table.ts";
import type { Cell, Store } from "./store.ts";
import { newestFacts, tallyKey } from "./stored-facts.ts";
import { addToTally, pairDigest, Tally } from "./tally.ts";
import { assertArrives, joins, NOTHING_TOLD, toldOf, type FactTimes } from "./told-past.ts";

// The one writer of candle facts. Facts are a set: one that is there already is left alone, none is ever changed.

/** What became of facts that were held against those stored. */
export interface MergeReport extends WriteReport {
  /** Earlier facts of bars that the memory has: left out, since they would change what was known in the past. */
  readonly superseded: number;
}

/**
 * Adds what a source says, ascending by open time, then `knownAt`. Bars behind the newest stored one are known when
 * they say, unless that is before the newest bar that came on time. Otherwise the past is already told: there only the
 * newest fact of a bar counts, as of `now` (or its own `knownAt`, should that be later), and only where it says
 * something else than the newest stored one. So the order of two deliveries matters, and is part of what was known.
 * One transaction.
 * @param facts `asSaid`: what the source says today, so that it may go back to what it said before; `asFacts`: a fact
 * that is stored is left alone, also where a newer one is, and as long as nobody was told anything of the series, facts
 * that make one history with those stored are added as they are, in whatever order they come
 * @throws RhymeError "input" for a row that no series holds, "mismatch" for another calendar
 */
export function mergeFacts(
  store: Store,
  facts: CandleFacts,
  now: EpochMs,
  taken: "asSaid" | "asFacts",
): MergeReport {
  return writing(store, facts, (writer, number) => {
    const { openTime, knownAt, late } = facts;
    const asTheyAre = taken === "asFacts" && joins(store, number, writer.fresh());
    const past = asTheyAre ? NOTHING_TOLD : toldOf(store, number);
    const stored = storedBeside(store, number, openTime, past.open);
    const counts = { added: 0, unchanged: 0, corrected: 0, late: 0, superseded: 0 };
    for (let row = 0; row < openTime.length; row++) {
      const open = openTime[row]!;
      if (open > past.open && knownAt[row]! >= past.knownAt) {
        counts[writer.add(row, knownAt[row]!, late[row]!) ? "added" : "unchanged"]++;
        continue;
      }
      const fact = stored(open);
      const known = taken === "asFacts" && writer.holds(row, knownAt[row]!, late[row]!);
      if (known || (fact && writer.says(row, fact))) counts.unchanged++;
      else if (openTime[row + 1] === open) counts.superseded++;
      else {
        const arrival = Math.max(now, knownAt[row]!);
        assertArrives(arrival, past, `candles of ${seriesName(facts)}`);
        counts[!writer.add(row, arrival, 1) ? "unchanged" : fact ? "corrected" : "late"]++;
      }
    }
    return counts;
  });
}

function writing<T>(store: Store, facts: CandleFacts, work: (writer: FactWriter, number: number) => T): T {
  checkSeriesKey(facts);
  return store.write(() => {
    const number = obtainSeries(store, facts);
    fixCalendar(store, number, facts);
    const writer = new FactWriter(store, number, facts);
    const done = work(writer, number);
    writer.finish();
    return done;
  });
}

/** A series has one calendar for ever: its holes and horizons are counted on it. */
function fixCalendar(store: Store, number: number, series: CandleSeries): void {
  const { name } = series.calendar;
  const stored = store.row("SELECT calendar FROM series WHERE series = ?", number)?.[0] ?? null;
  if (stored === null)
    changeNamed(store, "series", "series = ?", [number], () =>
      store.run("UPDATE series SET calendar = ? WHERE series = ?", name, number),
    );
  else if (stored !== name)
    throw new RhymeError("mismatch", {
      place: `candles of ${seriesName(series)}`,
      expected: `calendar ${stored}, as stored`,
      received: `calendar ${name}`,
      remedy: "Use the stored calendar, or another source name for this series.",
    });
}

/** The newest stored fact of bars that are asked for in ascending order; null where there is none. */
function storedBeside(
  store: Store,
  number: number,
  openTime: Float64Array,
  newest: EpochMs,
): (open: EpochMs) => readonly Cell[] | null {
  const last = Math.min(newest, openTime.at(-1) ?? 0);
  const stored = newestFacts(store, number, openTime[0] ?? 0, last);
  let s = 0;
  return (open) => {
    while (s < stored.length && (stored[s]![0] as number) < open) s++;
    return s < stored.length && stored[s]![0] === open ? stored[s]! : null;
  };
}

const INSERT = `INSERT OR IGNORE INTO candles
  (series, open_time, close_time, known_at, late, digest, open, high, low, close, volume, trades, vwap, spread, partial)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const EXISTS = "SELECT 1 FROM candles WHERE series = ? AND open_time = ? AND known_at = ? AND digest = ?";

/** Rows of one series on their way into the table, inside a write transaction. */
class FactWriter {
  readonly #store: Store;
  readonly #series: number;
  readonly #facts: CandleFacts;
  readonly #digest = factDigest();
  readonly #values: (number | null)[] = new Array(CANDLE_VALUES);
  readonly #head = [0, 0, 0, 0];
  readonly #written = new Tally();
  readonly #lateOnes = new Tally();

  constructor(store: Store, series: number, facts: CandleFacts) {
    this.#store = store;
    this.#series = series;
    this.#facts = facts;
  }

  /** Whether the row says nothing that the stored fact contradicts. */
  says(row: number, fact: readonly Cell[]): boolean {
    valuesAt(this.#facts, row, this.#values);
    return sameCandle(fact, this.#values);
  }

  /** The facts that are not there yet, each once. */
  fresh(): FactTimes[] {
    const { openTime, knownAt, late } = this.#facts;
    const found = new Map<string, FactTimes>();
    for (let row = 0; row < openTime.length; row++) {
      const times: FactTimes = [openTime[row]!, knownAt[row]!, late[row]!];
      const digest = this.#load(row, times[1], times[2]);
      if (!this.holds(row, times[1], times[2])) found.set([...times, digest].join(), times);
    }
    return [...found.values()];
  }

  holds(row: number, knownAt: EpochMs, late: number): boolean {
    const digest = this.#load(row, knownAt, late);
    return this.#store.row(EXISTS, this.#series, this.#head[0]!, knownAt, digest) !== null;
  }

  /** False where this very fact is there already. */
  add(row: number, knownAt: EpochMs, late: number): boolean {
    const digest = this.#load(row, knownAt, late);
    checkCandle(this.#facts, row, this.#head, this.#values);
    const insert = this.#store.statement(INSERT);
    if (insert.run(this.#series, ...this.#head, digest, ...this.#values).changes === 0) return false;
    this.#written.add(digest);
    if (late) this.#lateOnes.add(pairDigest(knownAt, digest));
    return true;
  }

  #load(row: number, knownAt: EpochMs, late: number): number {
    const { openTime, closeTime } = this.#facts;
    this.#head[0] = openTime[row]!;
    this.#head[1] = closeTime[row]!;
    this.#head[2] = knownAt;
    this.#head[3] = late;
    valuesAt(this.#facts, row, this.#values);
    return this.#digest(this.#head, this.#values);
  }

  /** Counts what was written. */
  finish(): void {
    addToTally(this.#store, tallyKey("candles", this.#series), this.#written);
    addToTally(this.#store, tallyKey("late", this.#series), this.#lateOnes);
  }
}
