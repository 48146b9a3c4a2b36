import path from "node:path";
import { expect } from "vitest";
import { openMemoryFolder, type MemoryFolder } from "../../src/lib/adapters/sqlite/open-memory.ts";
import { keptRecord } from "../../src/lib/adapters/folder/kept-record.ts";
import { keyOf, type CandleSeries } from "../../src/lib/candles/candle-series.ts";
import type { Answer } from "../../src/lib/recall/answer.ts";
import { recallAsOf } from "../../src/lib/remember/recall-as-of.ts";
import { remember } from "../../src/lib/remember/remember.ts";
import { views } from "../../src/lib/remember/views.ts";
import type { TaskTools } from "../compute/task.ts";
import type { LiveActivities } from "../live/activities.ts";
import { advanceSeries } from "../live/advance.ts";
import { answerSeries } from "../live/answer.ts";
import { lookAt, type LookParts } from "../live/look.ts";
import type { LiveControl, LiveProgress } from "../live/plan.ts";
import { pollSource } from "../live/poll.ts";
import { rememberAll, type LiveWorld } from "./live-world.ts";

/** The clock of tests: theirs to set. */
export const clock = { now: Date.UTC(2021, 1, 1) };

export function tools(): TaskTools {
  const { signal } = new AbortController();
  return { signal, before: null, progress: () => undefined, log: () => undefined, count: () => undefined, now: () => clock.now }; // prettier-ignore
}

/** The tasks themselves, in this thread. `around` sees each one before it is done. @param other in place of some */
export function steps(
  world: LiveWorld,
  around: (name: string, again: () => Promise<unknown>) => Promise<void>,
  other: Partial<LookParts> = {},
): LiveActivities {
  const run = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    await around(name, work);
    return work();
  };
  const { everyMs, patienceMs, encoder } = world.job;
  const parts: LookParts = {
    pollSource: (ref) => run("poll", () => pollSource(ref, tools())),
    advance: (ref) => run("advance", () => advanceSeries(ref, tools())),
    answer: (input) => run("answer", () => answerSeries(input, tools())),
    ...other,
  };
  const { signal } = new AbortController();
  return {
    openLive: async () => ({ symbol: "", timeframe: "5m", encoder, everyMs, patienceMs, hasIndex: false }),
    look: (input) => lookAt(input, parts, signal),
    answer: (input) => parts.answer(input),
    show: () => Promise.reject(new Error("no index is named")),
  };
}

/** A conductor that lets `candle` close a candle between two looks, until it says that there is none left. */
export function control(
  candle: () => boolean,
  onReport: (progress: LiveProgress) => void = () => undefined,
): LiveControl {
  let over = false;
  return {
    wait: async () => void (over = !candle()),
    pause: async (ms) => void (clock.now += ms),
    now: () => clock.now,
    ending: () => over,
    full: () => false,
    report: onReport,
  };
}

export const nothing = async (): Promise<void> => undefined;

export function inMemory<T>(memory: string, work: (folder: MemoryFolder) => T): T {
  const folder = openMemoryFolder(memory, { mode: "read" });
  try {
    return work(folder);
  } finally {
    folder.close();
  }
}

/** A memory that was given everything at once, beside the one that followed. */
export async function expectAsAtOnce(world: LiveWorld, rows: number): Promise<void> {
  const other = path.join(path.dirname(world.memory), "at-once");
  await rememberAll(other, world, rows);
  const [mine, theirs] = [world.memory, other].map((memory) => inMemory(memory, (folder) => folder.digest()));
  expect(mine).toEqual(theirs);
}

/** Every answer in the log, oldest first. */
export function logged(world: LiveWorld, symbol: string): Answer[] {
  return inMemory(world.memory, (folder) =>
    folder.answers.list("default", { symbol, limit: 1_000 }).map(({ answer }) => answer),
  ).toReversed();
}

/** What is said of the same moments by a memory that has everything: nothing later may have changed it. */
export async function askedAgain(
  world: LiveWorld,
  series: CandleSeries,
  anchors: readonly number[],
): Promise<Answer[]> {
  const folder = openMemoryFolder(world.memory, { mode: "read" });
  const { encoder, job } = world;
  const key = keyOf(series);
  const memory = folder.memory("default", encoder);
  const { record } = keptRecord(folder, { tenant: "default", series: key, encoder, horizon: job.ask.horizon }, anchors.at(-1)!); // prettier-ignore
  const answers: Answer[] = [];
  for (const anchor of anchors) {
    const question = {
      tenant: "default",
      ...key,
      ...job.ask,
      at: anchor,
      asOf: anchor,
      among: "all" as const,
    };
    answers.push(
      await recallAsOf(folder.candles, memory, { ...question, encoder, hindsight: false }, record),
    );
  }
  folder.close();
  return answers;
}

/** Remembers in one go the very facts that a memory holds, in a new one. */
export async function rememberFacts(
  other: string,
  { memory, encoder, series, job }: LiveWorld,
): Promise<void> {
  const [key] = series.map(keyOf);
  const folder = openMemoryFolder(other, { mode: "write" });
  try {
    for (const { facts } of inMemory(memory, ({ candles }) => [...views(candles, key!)]))
      folder.importFacts(facts, clock.now + 1e9);
    const { horizons } = job;
    await remember(folder.candles, folder.memory("default", encoder), encoder, key!, { horizons });
  } finally {
    folder.close();
  }
}

export const unknownYet = (answer: Answer): Answer => ({ ...answer, happened: null });
