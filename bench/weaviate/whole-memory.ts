import { patternCollection } from "../../weaviate/schema.ts";
import type { Memory } from "../../src/lib/memory/memory.ts";
import type { PatternIndex } from "../../src/lib/memory/pattern-index.ts";
import { digits, median, quantileOf, timed, type BenchRow, type BenchWork } from "../row.ts";
import { loadNow, startBenchServer, watched, type BenchServer } from "./bench-server.ts";
import { exactMemory, filteredAgainstNone, searchedBy } from "./beside-truth.ts";
import { benchMoments, FILLED, HORIZONS, indexed, TENANT, type BenchMoments } from "./moments.ts";
import { percent, questionsAt, recallOf, SELECTIVITIES, type Asked } from "./questions.ts";

/** RHYME_BENCH_PATTERNS makes a shorter run, for those who work on this file. */
const PATTERNS = Number(process.env["RHYME_BENCH_PATTERNS"] ?? 200_000);
const QUESTIONS = 200;
/** How many neighbours make the number of an answer: the search that `ask` makes. */
const MANY = 400;

/** A server of its own: filled, searched at every selectivity, asked as `ask` asks, and given what followed. */
export const wholeMemory: BenchWork = {
  name: "whole-memory",
  run: async () => {
    const moments = await benchMoments(PATTERNS);
    const server = await startBenchServer();
    try {
      const index = await server.index(moments.encoder);
      const rows = [...(await insertion(server, index, moments))];
      const exact = await exactMemory(moments);
      const approximate = await searchedBy(index, exact, moments);
      rows.push(...(await searches(server, moments, exact, approximate)));
      rows.push(await askedAs(moments, exact, approximate));
      rows.push(await filling(server, index, moments));
      return rows;
    } finally {
      await server.end();
    }
  },
};

/** Acknowledged objects a second, and what they become on the server. */
export async function insertion(
  server: BenchServer,
  index: PatternIndex,
  moments: BenchMoments,
): Promise<readonly BenchRow[]> {
  const empty = server.rssMb();
  const load = loadNow();
  const start = performance.now();
  const count = await index.upsert(indexed(moments, HORIZONS));
  const written = performance.now() - start;
  await index.settled();
  const settled = performance.now() - start;
  const rate = (1_000 * count) / written;
  const size = `${count.toLocaleString("en")} × ${moments.encoder.dim}`;
  const [seconds, mb] = [Math.round(settled / 1_000), server.diskMb()];
  const memory = `${server.rssMb()} MB resident (${empty} MB empty), ${mb} MB on disk`;
  return [
    {
      ...alone(`insert ${size}, whole schema, ${HORIZONS.length} horizons`),
      ...{ ours: digits(rate), unit: "acknowledged/s", target: "≥ 3,500 a second", ok: rate >= 3_500 },
      notes: `all indexed after ${seconds} s; ${memory}; ${moments.origin}; ${load}`,
    },
  ];
}

async function searches(
  server: BenchServer,
  moments: BenchMoments,
  exact: Memory,
  approximate: Memory,
): Promise<readonly BenchRow[]> {
  const objects = server.client.tenant(TENANT).collection(patternCollection(moments.encoder.version));
  const rows: BenchRow[] = [];
  for (const selectivity of SELECTIVITIES) {
    const asked = questionsAt(moments, selectivity, QUESTIONS, 10);
    const recall = await recallOf(asked, exact, approximate);
    const qps = await filteredAgainstNone(objects, asked, 3);
    rows.push(recallRow(asked, recall), qpsRow(asked, qps));
  }
  return rows;
}

function recallRow(asked: Asked, recall: number): BenchRow {
  return {
    ...alone(`as-of recall@10 at ${percent(asked.selectivity)}`),
    ...{ ours: digits(recall), unit: "share", target: "≥ 0.99", ok: recall >= 0.99 },
    notes: `${asked.matured.toLocaleString("en")} may answer, ${QUESTIONS} questions`,
  };
}

function qpsRow(asked: Asked, { filtered, unfiltered }: { filtered: number; unfiltered: number }): BenchRow {
  const ratio = filtered / unfiltered;
  return {
    work: `questions at ${percent(asked.selectivity)}, filtered`,
    ...{ ours: digits(filtered), theirs: digits(unfiltered), unit: "questions/s" },
    ...{ against: "the same without a filter", ratio: digits(ratio), target: "≥ 0.8 ×", ok: ratio >= 0.8 },
    notes: `4 at once, 26 hits each, ${loadNow()}`,
  };
}

/** The search of `ask`, one after the other, asked now: everything that has matured may answer. */
async function askedAs(moments: BenchMoments, exact: Memory, approximate: Memory): Promise<BenchRow> {
  const asked = questionsAt(moments, 1, QUESTIONS, MANY);
  const question = (round: number): Asked["queries"][number] =>
    asked.queries[(round + asked.queries.length) % asked.queries.length]!;
  const load = loadNow();
  const ours = await timed(QUESTIONS, (round) => approximate.query(question(round)), 20);
  const theirs = await timed(QUESTIONS, (round) => exact.query(question(round)), 20);
  const recall = await recallOf({ ...asked, queries: asked.queries.slice(0, 50) }, exact, approximate);
  const [p99, peer] = [quantileOf(ours, 0.99), quantileOf(theirs, 0.99)];
  return {
    work: `the search of ask over ${moments.count.toLocaleString("en")}`,
    ...{ ours: digits(p99), theirs: digits(peer), unit: "ms p99" },
    ...{ against: "the exact search of a memory folder", ratio: digits(peer / p99) },
    ...{ target: "p99 ≤ 25 ms", ok: p99 <= 25 },
    notes: `${MANY} neighbours, recall@${MANY} ${digits(recall)}; median ${digits(median(ours))} and ${digits(median(theirs))} ms; ${load}`,
  };
}

/** What followed over a further horizon, for half of the patterns: the vectors stay where they are. */
async function filling(server: BenchServer, index: PatternIndex, moments: BenchMoments): Promise<BenchRow> {
  const half = Math.floor(moments.count / 2);
  const load = loadNow();
  const start = performance.now();
  const work = index.upsert(indexed(moments, [...HORIZONS, FILLED], half));
  const queue = (): Promise<number> => server.queueLength(moments.encoder.version);
  const { value: count, most } = await watched(
    work.then((written) => ({ written, ms: performance.now() - start })),
    queue,
  );
  const rate = (1_000 * count.written) / count.ms;
  return {
    ...alone(`fill one horizon's contexts of ${count.written.toLocaleString("en")}`),
    ...{ ours: digits(rate), unit: "acknowledged/s", target: "≥ 2,500 a second, queue empty" },
    ok: rate >= 2_500 && most === 0,
    notes: `at most ${most} vectors in the queue; ${load}`,
  };
}

export function alone(work: string): Pick<BenchRow, "work" | "theirs" | "against" | "ratio"> {
  return { work, theirs: null, against: null, ratio: null };
}
