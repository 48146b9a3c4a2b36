import { RhymeError } from "../../errors.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import type { Store } from "./store.ts";

/** How far the past of a series is told: facts about what lies before count from their arrival on. */
export interface ToldPast {
  /** The newest stored bar. */
  readonly open: EpochMs;
  /** When the newest bar that came on time was known. */
  readonly knownAt: EpochMs;
  /** The newest instant as of which somebody was told of it: no fact may arrive before; -Infinity where nobody was. */
  readonly until: EpochMs;
}

export const NOTHING_TOLD: ToldPast = { open: -Infinity, knownAt: -Infinity, until: -Infinity };

export function toldOf(store: Store, series: number): ToldPast {
  const open = store.row("SELECT max(open_time) FROM candles WHERE series = ?", series)![0];
  // Bars that came on time are in order of known_at too, so the last of them is the newest.
  const sql = "SELECT known_at FROM candles WHERE series = ? AND late = 0 ORDER BY open_time DESC LIMIT 1";
  const knownAt = store.row(sql, series)?.[0];
  const orNever = (t: unknown): EpochMs => (t ?? -Infinity) as number;
  if (!isRemembered(store, series))
    return { open: orNever(open), knownAt: orNever(knownAt), until: -Infinity };
  const lateAt = store.row("SELECT max(known_at) FROM candles WHERE series = ? AND late = 1", series)![0];
  const until = Math.max(orNever(knownAt), orNever(lateAt));
  return { open: orNever(open), knownAt: orNever(knownAt), until };
}

/** Whether anybody has a pattern of the series. */
function isRemembered(store: Store, series: number): boolean {
  const remembered = `SELECT 1 FROM memories
    WHERE EXISTS (SELECT 1 FROM patterns WHERE patterns.memory = memories.memory AND series = ?)`;
  return store.row(remembered, series) !== null;
}

/**
 * A fact about a past that is told cannot arrive before what was told of it: anchors and labels would have to change.
 * @throws RhymeError "time": a clock that was set back, most likely
 */
export function assertArrives(arrival: EpochMs, { until }: ToldPast, place: string): void {
  if (arrival >= until) return;
  throw new RhymeError("time", {
    place,
    expected: `late facts that arrive at ${iso(until)} or later, when the newest stored one became known`,
    received: iso(arrival),
    remedy: "Set the clock of this machine right and send the file again: nothing was stored.",
  });
}

/** Open time, `knownAt`, late flag. */
export type FactTimes = readonly [open: EpochMs, knownAt: EpochMs, late: number];

/**
 * Whether facts may be added as they are, each known when it says: nobody was told anything of the series, no pattern of
 * it being remembered, and with the stored ones they make one history. All parts of one history do, so its facts may
 * come in any order and portions.
 */
export function joins(store: Store, series: number, facts: readonly FactTimes[]): boolean {
  if (facts.length === 0) return true;
  if (isRemembered(store, series)) return false;
  const all = [...facts];
  store.scan("SELECT open_time, known_at, late FROM candles WHERE series = ?", [series], (row) => {
    all.push(row as unknown as FactTimes);
  });
  return isHistory(all);
}

/** A bar came on time once, before whatever came late of it, and no earlier than the bars before it that did so. */
function isHistory(facts: FactTimes[]): boolean {
  facts.sort((a, b) => a[0] - b[0] || a[2] - b[2] || a[1] - b[1]);
  let told = -Infinity;
  return facts.every(([open, knownAt, late], i) => {
    const [before, onTime] = facts[i - 1] ?? [];
    const again = before === open;
    if (late === 1) return !again || facts[i - 1]![2] === 1 || knownAt >= onTime!;
    if (again || knownAt < told) return false;
    told = knownAt;
    return true;
  });
}
