import { performance } from "node:perf_hooks";
import { ramMemory } from "../../src/lib/memory/ram-memory.ts";
import { driftingVectors, D, HORIZON, patternBatch } from "../core/fixtures.ts";
import { digits, median, timed, type BenchRow, type BenchWork } from "../row.ts";
import { askPyg } from "./fixture.ts";

/** A short form for tests: `RHYME_BENCH_PATTERNS=20000`; figures of it say nothing. */
const PATTERNS = Number(process.env["RHYME_BENCH_PATTERNS"] ?? 1_000_000);
const SYMBOLS = 4;
const QUESTIONS = 64;
const K = 10;
const SINGLE = 0.3;
const BATCHED = 0.15;

interface Faiss {
  readonly batchedMs: number;
  readonly singleMs: number;
  readonly found: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
  readonly version: string;
}

/** The ten nearest of a million, exactly, as of an instant, on one thread, beside faiss-cpu without any instants. */
export const search: BenchWork = {
  name: "search",
  run: async () => {
    const memory = ramMemory({ tenant: "bench", encoderVersion: "v1", dim: D });
    const rows = new Float32Array(PATTERNS * D);
    const each = PATTERNS / SYMBOLS;
    let asOf = 0;
    for (let s = 0; s < SYMBOLS; s++) {
      const { patterns, labels } = patternBatch(`S${s}`, each, s + 1);
      rows.set(patterns.vectors, s * each * D);
      asOf = Math.max(asOf, labels.columns.matureAt.at(-1)!);
      await memory.put(patterns);
      await memory.label(labels);
    }
    const questions = driftingVectors(QUESTIONS, 99);
    const common = { asOf, horizon: HORIZON, k: K, among: "all", timeframe: "5m" } as const;
    const question = (q: number): Float32Array => questions.subarray(q * D, (q + 1) * D);
    const ask = (q: number): Promise<Float64Array> =>
      memory.queryColumns({ vector: question(q), ...common }).then(({ distance }) => distance);
    const vectors = {
      rows: { shape: [PATTERNS, D], data: rows },
      questions: { shape: [QUESTIONS, D], data: questions },
    };
    const faiss = askPyg("search", { k: K, threads: 1 }, { vectors }).said as Faiss;
    let difference = 0;
    for (let q = 0; q < QUESTIONS; q++)
      (await ask(q)).forEach(
        (distance, i) => (difference = Math.max(difference, Math.abs(1 - distance - faiss.scores[q]![i]!))),
      );
    const single = median(await timed(20, (round) => ask(((round % QUESTIONS) + QUESTIONS) % QUESTIONS), 3));
    const start = performance.now();
    for (let q = 0; q < QUESTIONS; q++) await ask(q);
    const batched = (performance.now() - start) / QUESTIONS;
    const notes = `faiss-cpu ${faiss.version} IndexFlatIP, one thread; largest difference of a distance ${difference.toExponential(1)}`;
    const row = (work: string, ours: number, theirs: number, least: number): BenchRow => ({
      work: `exact as-of top-${K} of ${PATTERNS.toLocaleString("en")} × ${D}, ${work}`,
      ours: digits(ours),
      theirs: digits(theirs),
      unit: "ms",
      against: "faiss-cpu, which knows no instants",
      ratio: digits(theirs / ours),
      target: `≥ ${least} ×`,
      ok: theirs / ours >= least && difference < 1e-5,
      notes,
    });
    return [
      row("single questions", single, faiss.singleMs, SINGLE),
      row(`a batch of ${QUESTIONS}`, batched, faiss.batchedMs, BATCHED),
    ];
  },
};
