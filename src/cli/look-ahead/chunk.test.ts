import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { statedOfRows } from "../../lib/evaluation/look-ahead/stated-rows.ts";
import type { Subject } from "../../lib/evaluation/look-ahead/subject.ts";
import { historyArbitrary } from "../../lib/testing/histories/history-arbitrary.ts";
import { HINDSIGHT, LEAKING, SOUND } from "../../lib/testing/histories/planted-subjects.ts";
import { CHUNK_HISTORIES, checkChunk, chunksOf, drawing, historiesOf, type ChunkReport } from "./chunk.ts";
import {
  addChunk,
  digestOfRun,
  emptyState,
  firstViolations,
  neverTested,
  shareOutside,
} from "./run-state.ts";
import { smallestOf } from "./shrink.ts";

const clock = (): number => 0;
const chunks = chunksOf(5, 2 * CHUNK_HISTORIES + 3);

describe("a chunk of generated histories", () => {
  it("has what is left, where the run does not come out even", () => {
    expect(chunks.map(({ count }) => count)).toEqual([CHUNK_HISTORIES, CHUNK_HISTORIES, 3]);
    expect(chunksOf(5, 0)).toEqual([]);
  });

  it("has histories of its own, the same whenever it is asked for, and the first of them however many are", () => {
    const about = historiesOf(chunks[0]!).map((history) => history.about);
    expect(historiesOf(chunks[0]!).map((history) => history.about)).toEqual(about);
    expect(historiesOf({ ...chunks[0]!, count: 3 }).map((history) => history.about)).toEqual(
      about.slice(0, 3),
    );
    const others = [...historiesOf(chunks[1]!), ...historiesOf({ ...chunks[0]!, seed: 6 })];
    expect(others.filter((history) => about.includes(history.about))).toEqual([]);
  });

  it("can be entered at any of its histories, as shrinking does", async () => {
    const all = historiesOf(chunks[1]!);
    for (const i of [0, 7, CHUNK_HISTORIES - 1]) {
      const options = { ...drawing(chunks[1]!), path: String(i), numRuns: 1, endOnFailure: true };
      const found = fc.check(
        fc.property(historyArbitrary(), () => false),
        options,
      );
      expect(found.counterexample).toEqual([all[i]]);
    }
  });

  it("reports the same twice, and violations of leaking subjects alone", async () => {
    const subjects = [SOUND, LEAKING, HINDSIGHT];
    const report = await checkChunk(chunks[1]!, subjects, clock);
    expect(await checkChunk(chunks[1]!, subjects, clock)).toEqual(report);
    expect(report.violations.map(({ subject }) => subject).sort()).toEqual(
      [LEAKING.name, HINDSIGHT.name].sort(),
    );
    expect(report.subjects[SOUND.name]!.histories).toBe(CHUNK_HISTORIES);
    expect(report.subjects[SOUND.name]!.values["rsi"]).toBeGreaterThan(1000);
  });

  it("has another digest when something else is said", async () => {
    const opens: Subject = {
      name: SOUND.name,
      covers: [],
      takes: "candles",
      run: (candles) => Object.values(candles).map((one) => statedOfRows("rsi", one, one.open)),
    };
    const [first, second] = [
      await checkChunk(chunks[2]!, [SOUND], clock),
      await checkChunk(chunks[2]!, [opens], clock),
    ];
    expect([first.violations, second.violations]).toEqual([[], []]);
    expect(second.digest).not.toBe(first.digest);
  });

  it("shrinks the history of a violation to the fewest candles, and says which bar is used too early", async () => {
    const { violations } = await checkChunk(chunks[0]!, [LEAKING], clock);
    const smallest = await smallestOf(chunks[0]!, violations[0]!, LEAKING);
    expect(smallest.history.facts[0]!.openTime.length).toBeLessThanOrEqual(4);
    expect(smallest.sentence).toMatch(/^higher close uses the \S+ bar of .*, which is known at .*, at /);
    expect(smallest.aheadMs).toBeGreaterThan(0);
  });
});

describe("a run", () => {
  const report = (chunk: number, more: Partial<ChunkReport> = {}): ChunkReport => ({
    ...{ chunk, histories: 2, digest: 10 + chunk, totalMs: 10, violations: [] },
    subjects: { a: { histories: 2, instants: 3, calls: 4, insideMs: 6, values: { x: chunk, y: 0 } } },
    ...more,
  });
  const found = (subject: string, chunk: number, history: number) =>
    ({ subject, chunk, history, check: "prefix", garbage: null, about: "" }) as const;

  it("is the sum of its chunks in whatever order they end, each counted once", () => {
    const reports = [0, 1, 2].map((chunk) => report(chunk));
    const [ascending, descending] = [emptyState(), emptyState()];
    for (const one of reports) addChunk(ascending, one);
    for (const one of [...reports, ...reports].reverse()) addChunk(descending, one);
    expect(descending).toEqual(ascending);
    expect(digestOfRun(descending)).toBe(digestOfRun(ascending));
    expect(ascending.subjects["a"]).toEqual({ histories: 6, instants: 9, calls: 12, insideMs: 18, values: { x: 3, y: 0 } });
    expect(shareOutside(ascending)).toBeCloseTo(0.4, 12);
  }); // prettier-ignore

  it("has another digest when a chunk says something else", () => {
    const states = [7, 8].map((digest) => {
      const state = emptyState();
      addChunk(state, report(0, { digest }));
      return digestOfRun(state);
    });
    expect(states[0]).not.toBe(states[1]);
  });

  it("tells the first violation of each subject", () => {
    const state = emptyState();
    addChunk(state, report(1, { violations: [found("a", 1, 0), found("b", 1, 4)] }));
    addChunk(state, report(0, { violations: [found("a", 0, 9)] }));
    expect(firstViolations(state).map(({ subject, chunk }) => [subject, chunk])).toEqual([["a", 0], ["b", 1]]);
  }); // prettier-ignore

  it("names subjects and columns that were never put to the test", () => {
    const state = emptyState();
    addChunk(state, report(1));
    expect(neverTested(state, ["a", "b"])).toEqual([
      { subject: "a", column: "y" },
      { subject: "b", column: null },
    ]);
  });
});
