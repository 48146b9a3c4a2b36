import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { ramMemory } from "../../src/lib/memory/ram-memory.ts";
import { digits, median, quantileOf, timed, type BenchWork } from "../row.ts";
import { D, driftingVectors, HORIZON, patternBatch } from "./fixtures.ts";

const SYMBOLS = 4;
const ROWS = 25_000; // of each symbol
const QUESTIONS = 40;
const K = 10;

/** The ten nearest of what had matured by an instant, exactly: one scan here, one query there. */
export const exactSearch: BenchWork = {
  name: "exact-search",
  run: async () => {
    const memory = ramMemory({ tenant: "bench", encoderVersion: "v1", dim: D });
    const batches = Array.from({ length: SYMBOLS }, (_, s) => patternBatch(`S${s}`, ROWS, s + 1));
    for (const { patterns, labels } of batches) {
      await memory.put(patterns);
      await memory.label(labels);
    }
    const vectors = driftingVectors(QUESTIONS, 99);
    const first = batches[0]!.labels.columns.matureAt;
    // From half of the history on: an as-of question rarely sees everything.
    const asOf = Array.from({ length: QUESTIONS }, (_, q) => first[ROWS / 2 + q * 300]!);
    const question = (q: number): Float32Array => vectors.subarray(q * D, (q + 1) * D);
    const ours = (q: number): Promise<readonly number[]> =>
      memory
        .queryColumns({
          vector: question(q),
          asOf: asOf[q]!,
          horizon: HORIZON,
          k: K,
          among: "all",
          timeframe: "5m",
        })
        .then(({ distance }) => [...distance]);
    const duck = await duckTable(batches);
    const theirs = (q: number): Promise<readonly number[]> => askDuck(duck, question(q), asOf[q]!);
    let difference = 0;
    for (let q = 0; q < QUESTIONS; q++) {
      const [a, b] = [await ours(q), await theirs(q)];
      a.forEach((x, i) => (difference = Math.max(difference, Math.abs(x - b[i]!))));
    }
    const of = (round: number): number => ((round % QUESTIONS) + QUESTIONS) % QUESTIONS;
    const mine = await timed(QUESTIONS * 2, (round) => ours(of(round)), 5);
    const peer = await timed(QUESTIONS * 2, (round) => theirs(of(round)), 5);
    duck.closeSync();
    const ratio = median(peer) / median(mine);
    return [
      {
        work: `exact as-of top-${K} of ${(SYMBOLS * ROWS).toLocaleString("en")} × ${D}`,
        ours: digits(median(mine)),
        theirs: digits(median(peer)),
        unit: "ms",
        against: "DuckDB SQL over a table sorted by maturity, all its threads",
        ratio: digits(ratio),
        target: "≥ 2 ×",
        ok: ratio >= 2 && difference < 1e-5,
        notes: `p99 ${digits(quantileOf(mine, 0.99))} and ${digits(quantileOf(peer, 0.99))} ms; largest difference of a distance ${difference.toExponential(1)}`,
      },
    ];
  },
};

type Batch = ReturnType<typeof patternBatch>;

async function duckTable(batches: readonly Batch[]): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run(`CREATE TABLE patterns (mature_at BIGINT, vector FLOAT[${D}])`);
  for (const { patterns, labels } of batches) {
    const rows = 2_000;
    for (let from = 0; from < patterns.anchors.length; from += rows) {
      const values = Array.from({ length: Math.min(rows, patterns.anchors.length - from) }, (_, i) => {
        const vector = [...patterns.vectors.subarray((from + i) * D, (from + i + 1) * D)];
        return `(${labels.columns.matureAt[from + i]!}, [${vector.join()}])`;
      });
      await connection.run(`INSERT INTO patterns VALUES ${values.join()}`);
    }
  }
  await connection.run("CREATE TABLE sorted AS SELECT * FROM patterns ORDER BY mature_at");
  return connection;
}

async function askDuck(
  connection: DuckDBConnection,
  vector: Float32Array,
  asOf: number,
): Promise<readonly number[]> {
  const reader = await connection.runAndReadAll(
    `SELECT 1 - array_cosine_similarity(vector, [${[...vector].join()}]::FLOAT[${D}]) AS distance
     FROM sorted WHERE mature_at <= ${asOf} ORDER BY distance LIMIT ${K}`,
  );
  return reader.getRows().map((row) => Number(row[0]));
}
