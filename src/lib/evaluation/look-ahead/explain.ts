import { takeFacts, factStore } from "../../candles/candle-facts.ts";
import { knownBy } from "../../candles/slice.ts";
import { compareTimeframes } from "../../time/timeframe.ts";
import { DAY, iso, type EpochMs } from "../../time/units.ts";
import type { Violation } from "./check-history.ts";
import type { History } from "./history.ts";
import { firstDifference, type Stated } from "./stated.ts";
import { settingOf, type Setting, type Subject } from "./subject.ts";
import { garbageSeed, stretchesOf, worldKnownBy, worldWithGarbage, type World } from "./worlds.ts";

/** A bar, or a late fact about one, that a value must not have seen. */
export interface Offender {
  readonly symbol: string;
  readonly timeframe: string;
  readonly openTime: EpochMs;
  readonly knownAt: EpochMs;
  readonly late: boolean;
}

/** What a person needs to find the mistake. */
export interface Explanation {
  /** When the value was said. */
  readonly at: EpochMs;
  /** The first thing known later that changes it; null where no later fact does. */
  readonly offender: Offender | null;
  /** How much later than the value the last thing that changes it is known, in ms. */
  readonly aheadMs: number | null;
  readonly sentence: string;
}

/** Finds by bisection which later fact a violation comes from. */
export async function explain(
  history: History,
  subject: Subject,
  violation: Violation,
): Promise<Explanation> {
  const { difference, garbage, check, instant } = violation;
  const unexplained = { at: instant, offender: null, aheadMs: null, sentence: plainSentence(violation) };
  const stretch = stretchesOf(history).find(({ to }) => instant < to);
  if ((check !== "prefix" && check !== "garbage") || !difference || !stretch) return unexplained;
  const seed = garbageSeed(history, instant);
  const future = garbage ? worldWithGarbage(stretch, instant, garbage, seed) : stretch;
  // The value itself may be older than the instant at which it was caught.
  const instants = new Set([Math.min(instant, difference.knownAt), instant]);
  const found = await explainIn(future, subject, settingOf(history), difference.column, instants);
  return found ?? unexplained;
}

/** The same within one state of knowledge, at the first of the instants at which more of it changes what is said. */
export async function explainIn(
  future: World,
  subject: Subject,
  setting: Setting,
  column: string,
  instants: Iterable<EpochMs>,
): Promise<Explanation | null> {
  for (const at of instants) {
    const search = new Search(subject, setting, future, at);
    const first = await search.firstChange();
    if (first === null) continue;
    const offender = await search.offenderAt(first);
    const last = await search.lastChange();
    return { at, offender, aheadMs: last - at, sentence: sentenceOf(column, offender, at) };
  }
  return null;
}

/** What a subject says about one instant, given more and more of a future. */
class Search {
  readonly #subject: Subject;
  readonly #setting: Setting;
  readonly #future: World;
  readonly #at: EpochMs;
  readonly #later: Float64Array;

  constructor(subject: Subject, setting: Setting, future: World, at: EpochMs) {
    this.#subject = subject;
    this.#setting = setting;
    this.#future = future;
    this.#at = at;
    const all = subject.takes === "candles" ? Object.values(future.candles) : future.facts;
    const later = new Set(all.flatMap(({ knownAt }) => Array.from(knownAt).filter((t) => t > at)));
    this.#later = Float64Array.from(later).sort();
  }

  /** When the first thing became known that changes what is said; null where nothing does. */
  async firstChange(): Promise<EpochMs | null> {
    if (this.#later.length === 0) return null;
    const then = await this.#said(worldKnownBy(this.#future, this.#at));
    const changed = async (i: number): Promise<boolean> =>
      this.#differs(then, await this.#said(worldKnownBy(this.#future, this.#later[i]!)));
    if (!(await changed(this.#later.length - 1))) return null;
    return this.#later[await bisect(this.#later.length, changed)]!;
  }

  /** When the last thing became known that changes it. */
  async lastChange(): Promise<EpochMs> {
    const settledOn = await this.#said(this.#future);
    const settled = async (i: number): Promise<boolean> =>
      !this.#differs(settledOn, await this.#said(worldKnownBy(this.#future, this.#later[i]!)));
    return this.#later[await bisect(this.#later.length, settled)]!;
  }

  /** Which of the bars or facts that became known at `u` it is: the coarsest that changes it on its own. */
  async offenderAt(u: EpochMs): Promise<Offender> {
    const before = worldKnownBy(this.#future, u - 1);
    const said = await this.#said(before);
    const candidates = this.#subject.takes === "candles" ? this.#barsAt(before, u) : this.#factsAt(u);
    for (const { world, offender } of candidates)
      if (this.#differs(said, await this.#said(world))) return offender;
    return candidates[0]!.offender;
  }

  #barsAt(before: World, u: EpochMs): Candidate[] {
    const coarseFirst = Object.values(this.#future.candles).sort((a, b) =>
      compareTimeframes(b.timeframe, a.timeframe),
    );
    return coarseFirst.flatMap((series) => {
      const row = series.knownAt.indexOf(u);
      if (row < 0) return [];
      const { symbol, timeframe } = series;
      const offender = { symbol, timeframe, openTime: series.openTime[row]!, knownAt: u, late: false };
      const candles = { ...before.candles, [timeframe]: knownBy(series, u) };
      return [{ offender, world: { ...before, candles } }];
    });
  }

  #factsAt(u: EpochMs): Candidate[] {
    const { facts } = this.#future;
    return facts.flatMap((series, s) =>
      [...series.knownAt.keys()]
        .filter((row) => series.knownAt[row] === u)
        .map((row) => {
          const { symbol, timeframe, openTime, late } = series;
          const offender = {
            ...{ symbol, timeframe, openTime: openTime[row]!, knownAt: u, late: late[row] === 1 },
          };
          const only = facts.map((one, i) =>
            takeFacts(
              one,
              Int32Array.from(one.knownAt.keys()).filter(
                (r) => one.knownAt[r]! < u || (i === s && r === row),
              ),
            ),
          );
          return { offender, world: { ...this.#future, facts: only, store: factStore(only) } };
        }),
    );
  }

  #differs(a: Stated | null, b: Stated | null): boolean {
    if (!a || !b) return a !== b;
    return firstDifference(a, b, this.#at, this.#subject.tolerance ?? null) !== null;
  }

  /** Null where it throws. */
  async #said(world: World): Promise<Stated | null> {
    try {
      return this.#subject.takes === "candles"
        ? await this.#subject.run(world.candles, this.#setting)
        : await this.#subject.run(world.store, this.#setting);
    } catch {
      return null;
    }
  }
}

interface Candidate {
  readonly world: World;
  readonly offender: Offender;
}

/** The first of `count` places at which `holds`; it holds at the last, and is taken to hold from the first on. */
async function bisect(count: number, holds: (i: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [-1, count - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** `rsi14 uses the 4h bar of 08:00, which is known at 12:00, at 09:35` */
export function sentenceOf(column: string, offender: Offender, at: EpochMs): string {
  const { timeframe, openTime, knownAt, late, symbol } = offender;
  const clock = clockOf([openTime, knownAt, at]);
  const bar = `the ${timeframe} bar of ${clock(openTime)}`;
  const what = late ? `the late fact about ${bar} of ${symbol}` : bar;
  return `${column} uses ${what}, which is known at ${clock(knownAt)}, at ${clock(at)}`;
}

/** Times of one UTC day as hours and minutes, others with their dates. */
export function clockOf(times: readonly EpochMs[]): (t: EpochMs) => string {
  const oneDay = new Set(times.map((t) => Math.floor(t / DAY))).size === 1;
  const whole = times.every((t) => t % 60_000 === 0);
  return (t) => {
    const text = iso(t);
    const time = whole ? text.slice(11, 16) : text.slice(11, 23);
    return oneDay ? time : `${text.slice(0, 10)} ${time}`;
  };
}

function plainSentence({ check, difference, message, instant }: Violation): string {
  const column = difference ? `${difference.column} ` : "";
  switch (check) {
    case "prefix":
      return `${column}says something else about ${iso(instant)} once more is known`;
    case "garbage":
      return `${column}says something else about ${iso(instant)} when the future is garbage`;
    case "early":
      return `${column}says at ${iso(instant)} what is known at ${iso(difference!.knownAt)}`;
    case "stream":
      return `${column}says one candle at a time something else than in one go`;
    case "repeat":
      return `${column}says something else when it is called again`;
    case "input":
    case "throws":
      return message ?? check;
  }
}
