import * as fc from "fast-check";
import { checkHistory, type Violation } from "../../lib/evaluation/look-ahead/check-history.ts";
import type { History } from "../../lib/evaluation/look-ahead/history.ts";
import type { Subject } from "../../lib/evaluation/look-ahead/subject.ts";
import { Digest } from "../../lib/math/digest.ts";
import { createRng } from "../../lib/math/rng.ts";
import { historyArbitrary } from "../../lib/testing/histories/history-arbitrary.ts";

/** Histories that are made from one seed and checked by one worker: what a run is stopped and resumed between. */
export const CHUNK_HISTORIES = 25;

/** Which histories: those of chunk `chunk` of the run with this seed. */
export interface Chunk {
  readonly seed: number;
  readonly chunk: number;
  /** CHUNK_HISTORIES, or what is left for the last one. */
  readonly count: number;
}

/** What was done for one subject; JSON. */
export interface SubjectCounts {
  histories: number;
  instants: number;
  calls: number;
  insideMs: number;
  /** Defined values compared with what was known by an instant, by column. */
  values: Record<string, number>;
}

/** The first violation of a subject in a chunk; JSON. */
export interface Found extends Pick<Violation, "subject" | "check" | "garbage"> {
  readonly chunk: number;
  /** Number of the history in its chunk. */
  readonly history: number;
  readonly about: string;
}

export interface ChunkReport {
  readonly chunk: number;
  readonly histories: number;
  /** Of all that was said. */
  readonly digest: number;
  readonly totalMs: number;
  readonly subjects: Readonly<Record<string, SubjectCounts>>;
  readonly violations: readonly Found[];
}

/** The chunks of a run, in order. */
export function chunksOf(seed: number, histories: number): readonly Chunk[] {
  const chunks = Math.ceil(histories / CHUNK_HISTORIES);
  return Array.from({ length: chunks }, (_, chunk) => {
    const count = Math.min(CHUNK_HISTORIES, histories - chunk * CHUNK_HISTORIES);
    return { seed, chunk, count };
  });
}

/** What fast-check makes the histories of a chunk from. Unbiased: odd cases have weights of their own. */
export function drawing({ seed, chunk }: Chunk): { readonly seed: number; readonly unbiased: true } {
  return { seed: createRng(seed ^ Math.imul(chunk + 1, 0x9e3779b1)).int(2 ** 31), unbiased: true };
}

/** The last history of every such chunk is long enough for whatever warms up slowly. */
const LONG_EVERY = 16;
const LONG = { fewestRows: 495, mostRows: 560 };

/** Which histories stand at place `i` of a chunk. */
export function arbitraryAt({ chunk }: Chunk, i: number): fc.Arbitrary<History> {
  return historyArbitrary(chunk % LONG_EVERY === LONG_EVERY - 1 && i === CHUNK_HISTORIES - 1 ? LONG : {});
}

export function historiesOf(chunk: Chunk): readonly History[] {
  const options = { ...drawing(chunk), numRuns: chunk.count };
  const histories = fc.sample(arbitraryAt(chunk, 0), options);
  const last = chunk.count - 1;
  return histories.with(last, fc.sample(arbitraryAt(chunk, last), options)[last]!);
}

/**
 * Holds all subjects to the law of time on the histories of a chunk; one that breaks it takes no further part in it.
 * @param clock milliseconds; what depends on it is not in the digest
 */
export async function checkChunk(
  chunk: Chunk,
  subjects: readonly Subject[],
  clock: () => number,
): Promise<ChunkReport> {
  const start = clock();
  const counts: Record<string, SubjectCounts> = {};
  const violations: Found[] = [];
  const digests = new Float64Array(chunk.count);
  for (const [i, history] of historiesOf(chunk).entries()) {
    const sound = subjects.filter(({ name }) => !violations.some(({ subject }) => subject === name));
    const report = await checkHistory(history, sound, {
      clock,
      number: chunk.chunk * CHUNK_HISTORIES + i + 1,
    });
    digests[i] = report.digest;
    for (const [name, tally] of report.tallies) {
      const { histories, instants, calls, insideMs, values } = tally;
      addCounts(counts, name, { histories, instants, calls, insideMs, values: Object.fromEntries(values) });
    }
    for (const { subject, check, garbage } of report.violations)
      violations.push({ subject, check, garbage, chunk: chunk.chunk, history: i, about: history.about });
  }
  return {
    ...{ chunk: chunk.chunk, histories: chunk.count, digest: digestOfNumbers(digests) },
    ...{ totalMs: clock() - start, subjects: counts, violations },
  };
}

export function addCounts(into: Record<string, SubjectCounts>, name: string, more: SubjectCounts): void {
  const sum = (into[name] ??= { histories: 0, instants: 0, calls: 0, insideMs: 0, values: {} });
  sum.histories += more.histories;
  sum.instants += more.instants;
  sum.calls += more.calls;
  sum.insideMs += more.insideMs;
  for (const [column, values] of Object.entries(more.values))
    sum.values[column] = (sum.values[column] ?? 0) + values;
}

export function digestOfNumbers(numbers: Float64Array): number {
  return new Digest().reset().add(new Uint32Array(numbers.buffer)).value();
}
