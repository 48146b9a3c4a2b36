import { hashParts } from "../../../math/hash.ts";
import type { Answer } from "../../../recall/answer.ts";
import type { RecallRecord } from "../../../recall/record-type.ts";
import { seriesOf } from "../../../recall/question.ts";
import { recallAsOf } from "../../../remember/recall-as-of.ts";
import { RhymeError } from "../../../errors.ts";
import { seriesName } from "../../../memory/names.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { LoggedAnswer } from "../../sqlite/answer-log.ts";
import type { MemoryFolder } from "../../sqlite/open-memory.ts";
import { memberName } from "../grow-record.ts";
import { heldEncoder } from "../held-encoders.ts";
import { keptRecord } from "../kept-record.ts";
import type { Work } from "../work.ts";

/** What became of one stored answer that was asked again as of then. */
export interface Replayed {
  readonly id: string;
  readonly symbol: string;
  readonly horizon: string;
  readonly asOf: string;
  /** The same bytes but for `happened`, which becomes known later and is no part of what was said. */
  readonly same: boolean;
  /** Parts of the answer that differ. */
  readonly parts: readonly string[];
  /** What came into the memory since and accounts for the difference; null where nothing does: then the law is broken. */
  readonly because: string | null;
}

export interface AnswerReplay {
  readonly stored: number;
  readonly asked: number;
  readonly same: number;
  /** Different, and accounted for. */
  readonly explained: readonly Replayed[];
  readonly broken: readonly Replayed[];
}

/**
 * Asks a seeded sample of a tenant's stored answers again, each as of its own time, and compares the bytes: the same
 * question gives the same answer whatever came later. What may account for a difference is told by name: a record of
 * past answers that was not there yet, a series that is new to the memory, an encoder that is gone.
 */
export async function replayAnswers(
  folder: MemoryFolder,
  { tenant, sample, seed }: { readonly tenant: string; readonly sample: number; readonly seed: number },
  { signal, onProgress }: Work,
): Promise<AnswerReplay> {
  const stored = folder.answers.list(tenant, { limit: -1 });
  const chosen = sampled(stored, sample, seed);
  const replayed: Replayed[] = [];
  for (const [done, logged] of chosen.entries()) {
    signal.throwIfAborted();
    await onProgress?.({ what: "asking stored answers again", done, total: chosen.length });
    replayed.push(await replay(folder, logged));
  }
  const different = replayed.filter(({ same }) => !same);
  return {
    stored: stored.length,
    asked: chosen.length,
    same: chosen.length - different.length,
    explained: different.filter(({ because }) => because !== null),
    broken: different.filter(({ because }) => because === null),
  };
}

/** The same ones for the same seed: those whose id and seed hash lowest, so that a new answer moves few others. */
function sampled(stored: readonly LoggedAnswer[], sample: number, seed: number): readonly LoggedAnswer[] {
  const keyed = stored.map((logged) => ({ logged, key: hashParts(logged.answer.id, `${seed}`) }));
  return keyed
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, sample)
    .map(({ logged }) => logged);
}

async function replay(folder: MemoryFolder, logged: LoggedAnswer): Promise<Replayed> {
  const { answer } = logged;
  const { symbol, horizon, asOf } = answer.question;
  const told = { id: answer.id, symbol, horizon, asOf };
  try {
    const { again, members } = await askedAgain(folder, answer);
    const parts = partsThatDiffer(answer, again);
    if (parts.length === 0) return { ...told, same: true, parts, because: null };
    return { ...told, same: false, parts, because: reasonOf(folder, logged, { again, members }) };
  } catch (error) {
    if (!(error instanceof RhymeError) || error.kind === "store") throw error;
    return { ...told, same: false, parts: [], because: `it cannot be asked any more: ${error.message}` };
  }
}

interface Again {
  readonly again: Answer;
  /** Series whose moments the record of its past answers asked by then. */
  readonly members: readonly string[];
}

async function askedAgain(folder: MemoryFolder, answer: Answer): Promise<Again> {
  const { tenant, horizon, k, among, ...of } = answer.question;
  const [series, at, asOf] = [seriesOf(of), Date.parse(of.anchor), Date.parse(of.asOf)];
  const encoder = heldEncoder(folder, answer.encoder.version);
  const memory = folder.memory(tenant, encoder);
  const newestThen = asOf === at ? at : ((await memory.at(series, asOf, asOf))?.anchor ?? at);
  const { record } = keptRecord(folder, { tenant, series, encoder, horizon }, newestThen);
  const question = { tenant, ...series, at, asOf, horizon, k, among, encoder };
  const hindsight = { hindsight: answer.encoder.hindsight };
  const again = await recallAsOf(folder.candles, memory, { ...question, ...hindsight }, record);
  return { again, members: record === null ? [] : askedBy(folder, record, asOf) };
}

/** Series that a record asked, and whose moments had matured by then. */
function askedBy(folder: MemoryFolder, record: RecallRecord, asOf: EpochMs): readonly string[] {
  const { tenant, encoder, horizon, members = {} } = record;
  return folder
    .maturedCounts({ tenant, encoder: encoder.version, horizon, asOf })
    .filter((one) => one.timeframe === record.series.timeframe && one.matured > 0)
    .filter((one) => memberName(one) in members)
    .map(seriesName);
}

/** Parts by their name in an answer; the id is made of all the others. */
function partsThatDiffer(before: Answer, after: Answer): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  names.delete("happened");
  const text = (answer: Answer, name: string): string => JSON.stringify(answer[name as keyof Answer]) ?? "";
  return [...names].filter((name) => text(before, name) !== text(after, name)).sort();
}

/**
 * Only what was written after the answer was said can account for another one, and of that only what belongs to earlier
 * times: a series that is new to the memory and answers, or stands among those whom the record asked, or a record that
 * was not there. Facts that come late are known late, and those of another time or question change nothing.
 */
function reasonOf(
  folder: MemoryFolder,
  { recordedAt, answer }: LoggedAnswer,
  { again, members }: { readonly again: Answer; readonly members: readonly string[] },
): string | null {
  const first = new Map<string, number>();
  for (const one of folder.ingests.list()) first.set(seriesName(one), one.at); // newest first
  const answering = [...again.neighbours.map(seriesName), ...members];
  const names = [...new Set(answering)].filter((name) => (first.get(name) ?? -Infinity) > recordedAt).sort();
  if (names.length > 0) return `${names.join(", ")} came into the memory afterwards`;
  if (answer.trust === null && again.trust !== null) return "the record of past answers was made afterwards";
  return null;
}
