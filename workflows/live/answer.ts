import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import type { Answer } from "../../src/lib/recall/answer.ts";
import { recallAsOf } from "../../src/lib/remember/recall-as-of.ts";
import type { EpochMs } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import type { LiveJob, SeriesRef } from "../job.ts";
import { Writer } from "../memory-access.ts";
import { behind } from "./company.ts";
import { withLive, type LiveMemory } from "./live-memory.ts";
import type { GrownRecord } from "../../src/lib/adapters/folder/live-records.ts";
import { anchorsAfter, calendarOf, keyOf, liveJob, newestOf } from "./moments.ts";

/** So many moments are answered at once; a long past is gone through piece by piece. */
const ANSWERS = 200;
/** Whoever begins to follow a series that was followed before answers so many moments that were missed. */
const MISSED = 1_000;

export interface AnswerInput extends SeriesRef {
  /** The newest moment that was answered; null: what the log says, or only the newest there is. */
  readonly after: EpochMs | null;
  /** Leave a moment that other series have not come to yet. */
  readonly patient: boolean;
}

export interface Answered {
  /** The newest moment that was answered or passed over; `after` where it was none. */
  readonly through: EpochMs | null;
  readonly answers: number;
  readonly abstained: number;
  /** Moments of which nothing can be said: from before the encoder was known, or with too little past. */
  readonly passedOver: number;
  /** Moments that were missed before the newest 1,000, and are left to `ask`. */
  readonly leftOut?: number;
  /** Series that the next moment waits for. */
  readonly waitsFor: number;
  /** Whether there are more. */
  readonly more: boolean;
}

/**
 * New moments, oldest first → answers as of each, into the log: the bytes that `ask` says about the same moment. Again,
 * or late, it changes nothing.
 */
export async function answerSeries(
  { after, patient, ...ref }: AnswerInput,
  tools: TaskTools,
): Promise<Answered> {
  const job = liveJob(ref);
  const key = keyOf(job, ref);
  return withLive(ref.memory, job, tools.signal, async (live) => {
    const newest = await newestOf(live, key);
    const nothing = {
      through: after,
      answers: 0,
      abstained: 0,
      passedOver: 0,
      leftOut: 0,
      waitsFor: 0,
      more: false,
    };
    if (newest === null || (after !== null && newest <= after)) return nothing;
    // The record of past answers goes up to the newest moment, so it is that one which has to be complete.
    const waitsFor = patient ? await behind(live, { job, ref }, key, newest) : 0;
    if (waitsFor > 0) return { ...nothing, waitsFor, more: true };
    const since = after ?? lastAnswered(live, key, job);
    const missed = since === null ? [newest] : await anchorsAfter(live, key, since, newest);
    const found = missed.slice(-MISSED);
    const leftOut = missed.length - found.length;
    if (leftOut > 0)
      tools.log("warn", "more moments were missed than are answered", { symbol: key.symbol, leftOut });
    if (found.length === 0) return { ...nothing, through: newest };
    const due = found.slice(0, ANSWERS);
    const answers = await answersOf(live, key, due, { job, newest, memory: ref.memory, tools });
    const abstained = answers.filter((answer) => answer.abstained).length;
    tools.count("answers", answers.length, { symbol: key.symbol });
    tools.count("abstentions", abstained, { symbol: key.symbol });
    return {
      ...{ through: due.at(-1)!, answers: answers.length, abstained },
      ...{ passedOver: due.length - answers.length, leftOut, waitsFor, more: due.length < found.length },
    };
  });
}

/** The newest moment of which the same was asked before, through any version; null where it is not among the newest. */
function lastAnswered({ folder }: LiveMemory, key: SeriesKey, { tenant, ask }: LiveJob): EpochMs | null {
  const about = { ...key, horizon: ask.horizon, limit: MISSED };
  const said = folder.answers.list(tenant, about).find(({ answer }) => {
    const { k, among } = answer.question;
    return k === ask.k && among === "all" && !answer.later;
  });
  return said ? Date.parse(said.answer.question.anchor) : null;
}

interface Asking {
  readonly job: LiveJob;
  readonly newest: EpochMs;
  readonly memory: string;
  readonly tools: TaskTools;
}

/** Answers of moments, kept in the log together with the record that they were made with. */
async function answersOf(
  live: LiveMemory,
  key: SeriesKey,
  due: readonly EpochMs[],
  { job, newest, memory: path, tools }: Asking,
): Promise<readonly Answer[]> {
  if (due.length === 0) return [];
  const { signal } = tools;
  const { horizon } = job.ask;
  const calendar = calendarOf(live, key, newest);
  const grown = await live.records.grow(key, { horizon, newest, calendar, signal });
  const answers: Answer[] = [];
  for (const at of due) {
    signal.throwIfAborted();
    const answer = await answerOf(live, key, at, { job, grown, tools });
    if (answer) answers.push(answer);
  }
  const writer = new Writer(path, tools);
  try {
    await writer.use((folder) =>
      folder.atomically(() => {
        if (grown && !grown.isSame) live.records.keep(folder, grown);
        for (const answer of answers) folder.answers.put(answer, tools.now());
      }),
    );
  } finally {
    writer.close();
  }
  return answers;
}

/** null where nothing can be said of the moment: that is told in the log of the worker. */
async function answerOf(
  { folder, memory, encoder }: LiveMemory,
  key: SeriesKey,
  at: EpochMs,
  { job, grown, tools }: Pick<Asking, "job" | "tools"> & { readonly grown: GrownRecord | null },
): Promise<Answer | null> {
  if (at < encoder.knownAt) return null;
  const { tenant, ask } = job;
  const question = { tenant, ...key, at, asOf: at, ...ask, among: "all" as const, encoder, hindsight: false };
  try {
    return await recallAsOf(folder.candles, memory, question, grown?.record ?? null);
  } catch (error) {
    if (!(error instanceof RhymeError) || error.kind !== "usage") throw error;
    tools.log("warn", "a moment that cannot be answered", { symbol: key.symbol, at, reason: error.message });
    return null;
  }
}
