import { Digest } from "../../math/digest.ts";
import type { EpochMs } from "../../time/units.ts";
import { GARBAGE, type GarbageKind } from "./garbage.ts";
import { instantsOf, type History } from "./history.ts";
import { firstDifference, type Difference, type Stated } from "./stated.ts";
import { settingOf, type Setting, type Subject } from "./subject.ts";
import {
  garbageSeed,
  stretchesOf,
  worldKnownBy,
  worldWithGarbage,
  type Stretch,
  type World,
} from "./worlds.ts";
import { digestOf, wordsOf } from "./world-digest.ts";

/**
 * prefix: what was known by t says something else once more is known. garbage: or once the future is garbage. early:
 * from what was known by t it says what is known later. stream: one candle at a time says something else than the
 * batch. repeat: the same call says something else. input: it changed what it was given. throws: it failed.
 */
export type CheckName = "prefix" | "garbage" | "early" | "stream" | "repeat" | "input" | "throws";

export interface Violation {
  readonly subject: string;
  readonly check: CheckName;
  /** What stood for the future, where that was garbage. */
  readonly garbage: GarbageKind | null;
  /** The instant that was asked about; what it was found to differ at is in `difference`. */
  readonly instant: EpochMs;
  readonly difference: Difference | null;
  /** What was thrown, or what is odd. */
  readonly message: string | null;
}

/** What was done for one subject. */
export interface SubjectTally {
  histories: number;
  instants: number;
  calls: number;
  /** Defined values compared with what was known by an instant, by column: a column of 0 was never put to the test. */
  readonly values: Map<string, number>;
  insideMs: number;
}

export interface HistoryReport {
  readonly violations: readonly Violation[];
  readonly tallies: ReadonlyMap<string, SubjectTally>;
  /** Over everything that all subjects said with all known: equal for equal seeds. */
  readonly digest: number;
}

export interface CheckOptions {
  /** Milliseconds on any clock; without one no times are told. */
  readonly clock?: () => number;
  /** Number of the history in its run: a subject with `every` n takes each n-th. Default 0: all take part. */
  readonly number?: number;
}

/** Holds every subject that suits a history to the law of time, and stops at its first violation. */
export async function checkHistory(
  history: History,
  subjects: readonly Subject[],
  options: CheckOptions = {},
): Promise<HistoryReport> {
  const { number = 0 } = options;
  const taking = subjects.filter(
    (one) => number % (one.every ?? 1) === 0 && (one.suits === undefined || one.suits(history)),
  );
  const trial = new Trial(history, options);
  await trial.run(taking);
  return { violations: trial.violations, tallies: trial.tallies, digest: trial.digest.value() };
}

/** One history and what came of it. */
class Trial {
  readonly violations: Violation[] = [];
  readonly tallies = new Map<string, SubjectTally>();
  readonly digest = new Digest().reset();
  readonly #history: History;
  readonly #clock: () => number;
  readonly #setting: Setting;
  readonly #failed = new Set<string>();

  constructor(history: History, { clock = () => 0 }: CheckOptions) {
    this.#history = history;
    this.#clock = clock;
    this.#setting = settingOf(history);
  }

  async run(subjects: readonly Subject[]): Promise<void> {
    const instants = instantsOf(this.#history);
    const whole = new Map<string, Stated>();
    let at = 0;
    for (const [s, stretch] of stretchesOf(this.#history).entries()) {
      const before = digestOf(stretch);
      for (const subject of subjects) await this.#runWhole(subject, stretch, whole);
      if (digestOf(stretch) !== before) await this.#blame(subjects, s);
      for (; at < instants.length && instants[at]! < stretch.to; at++)
        await this.#checkAt(instants[at]!, at, instants.length, subjects, stretch, whole);
      for (const subject of subjects) await this.#runStream(subject, stretch, s, whole.get(subject.name));
    }
  }

  /** With all known: what the cuts are held against. */
  async #runWhole(subject: Subject, stretch: Stretch, whole: Map<string, Stated>): Promise<void> {
    if (subject.takes === "store" && whole.has(subject.name)) return; // all stretches have one store
    const stated = await this.#call(subject, stretch, stretch.to);
    if (!stated) return;
    whole.set(subject.name, stated);
    for (const { key, knownAt, values } of stated)
      for (const column of [key, knownAt, values]) this.digest.add(wordsOf(column));
    this.#compare(subject, "repeat", stretch.to, stated, await this.#call(subject, stretch, stretch.to));
  }

  /** The same again through the stream; after the cuts, which tell more of what is wrong. */
  async #runStream(subject: Subject, stretch: Stretch, s: number, all: Stated | undefined): Promise<void> {
    if (!subject.stream || !all || (subject.takes === "store" && s > 0)) return;
    this.#compare(subject, "stream", stretch.to, all, await this.#stream(subject, stretch));
  }

  async #checkAt(
    t: EpochMs,
    i: number,
    count: number,
    subjects: readonly Subject[],
    stretch: Stretch,
    whole: ReadonlyMap<string, Stated>,
  ): Promise<void> {
    const cut = worldKnownBy(stretch, t);
    const spoilt = new Map<GarbageKind, World>();
    for (const subject of subjects) {
      const all = whole.get(subject.name);
      if (!all || this.#failed.has(subject.name) || !chosen(i, count, subject.instants)) continue;
      const then = await this.#call(subject, cut, t);
      if (!then) continue;
      const tally = this.#tallyOf(subject);
      tally.instants++;
      this.#early(subject, then, t);
      this.#compare(subject, "prefix", t, then, all);
      const kinds = subject.garbage ?? GARBAGE;
      const kind = kinds[Math.floor(((i * GOLDEN) % 1) * kinds.length)];
      if (kind === undefined) continue;
      const seed = garbageSeed(this.#history, t);
      if (!spoilt.has(kind)) spoilt.set(kind, worldWithGarbage(stretch, t, kind, seed));
      this.#compare(subject, "garbage", t, then, await this.#call(subject, spoilt.get(kind)!, t, kind), kind);
    }
  }

  async #call(
    subject: Subject,
    world: World,
    instant: EpochMs,
    garbage: GarbageKind | null = null,
  ): Promise<Stated | null> {
    if (this.#failed.has(subject.name)) return null;
    const tally = this.#tallyOf(subject);
    tally.calls++;
    const start = this.#clock();
    try {
      const made =
        subject.takes === "candles"
          ? subject.run(world.candles, this.#setting)
          : subject.run(world.store, this.#setting);
      return made instanceof Promise ? await made : made;
    } catch (error) {
      this.#violation(subject, "throws", instant, null, garbage, String(error));
      return null;
    } finally {
      tally.insideMs += this.#clock() - start;
    }
  }

  async #stream(subject: Subject, world: World): Promise<Stated | null> {
    return this.#call({ ...subject, run: subject.stream! } as Subject, world, Infinity);
  }

  #compare(
    subject: Subject,
    check: CheckName,
    t: EpochMs,
    expected: Stated,
    received: Stated | null,
    garbage: GarbageKind | null = null,
  ): void {
    if (!received || this.#failed.has(subject.name)) return;
    const { values } = this.#tallyOf(subject);
    const count = (column: string, defined: number): void => {
      values.set(column, (values.get(column) ?? 0) + defined);
    };
    const tolerance = subject.tolerance ?? null;
    const found = firstDifference(expected, received, t, tolerance, check === "prefix" ? count : undefined);
    if (found) this.#violation(subject, check, t, found, garbage, null);
  }

  /** From what was known by t nothing can be said that is known later. */
  #early(subject: Subject, stated: Stated, t: EpochMs): void {
    for (const { name, key, knownAt } of stated) {
      const row = knownAt.findIndex((known) => known > t);
      if (row < 0) continue;
      const found = { column: name, key: key[row]!, knownAt: knownAt[row]!, expected: null, received: [] };
      this.#violation(subject, "early", t, found, null, "said before it was known");
      return;
    }
  }

  /** Somebody changed the input: each is run alone, on a copy of its own, to find out who. */
  async #blame(subjects: readonly Subject[], s: number): Promise<void> {
    for (const subject of subjects) {
      const copy = stretchesOf(this.#history)[s]!;
      const before = digestOf(copy);
      await this.#call(subject, copy, copy.to);
      if (digestOf(copy) !== before)
        this.#violation(subject, "input", copy.to, null, null, "it changed the candles that it was given");
    }
  }

  #violation(
    subject: Subject,
    check: CheckName,
    instant: EpochMs,
    difference: Difference | null,
    garbage: GarbageKind | null,
    message: string | null,
  ): void {
    if (this.#failed.has(subject.name)) return;
    this.#failed.add(subject.name);
    this.violations.push({ subject: subject.name, check, garbage, instant, difference, message });
  }

  #tallyOf({ name }: Subject): SubjectTally {
    const known = this.tallies.get(name);
    if (known) return known;
    const fresh = { histories: 1, instants: 0, calls: 0, values: new Map<string, number>(), insideMs: 0 };
    this.tallies.set(name, fresh);
    return fresh;
  }
}

/** Steps of this share of a circle come everywhere, whichever instants a subject takes. */
const GOLDEN = 0.6180339887498949;

/** Whether instant `i` of `count` is one of about `most`, each in the middle of its part. */
function chosen(i: number, count: number, most = Infinity): boolean {
  if (count <= most) return true;
  const part = (index: number): number => Math.floor((index * most) / count + 0.5);
  return part(i) !== part(i - 1);
}
