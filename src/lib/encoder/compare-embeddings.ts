import type { Rng } from "../math/rng.ts";
import { rankCorrelation } from "../math/scores/rank-correlation.ts";
import type { Embeddings } from "./encoder.ts";

/** How alike two encoders see the same candles. */
export interface EmbeddingComparison {
  /** Anchors that both have. */
  readonly anchors: number;
  readonly questions: number;
  readonly k: number;
  /** Mean share of the k nearest earlier anchors that both name, and what chance would give. */
  readonly overlap: number;
  readonly overlapByChance: number;
  /** Spearman's rank correlation of the distances of random pairs of anchors, NaN where one encoder sees no difference. */
  readonly distanceCorrelation: number;
  readonly pairs: number;
}

export interface CompareOptions {
  readonly rng: Rng;
  readonly k?: number; // 10
  readonly questions?: number; // 200
  readonly pairs?: number; // 5,000
  /** Anchors nearer than this, in anchors, are no answers: they share most of their candles. */
  readonly apart?: number; // 48
}

/** Neighbours of both among earlier anchors alone, as a memory would be asked. Null without enough common anchors. */
export function compareEmbeddings(
  a: Embeddings,
  b: Embeddings,
  { rng, k = 10, questions = 200, pairs = 5_000, apart = 48 }: CompareOptions,
): EmbeddingComparison | null {
  const common = commonRows(a.anchors, b.anchors);
  const first = apart + k;
  if (common.length <= first) return null;
  const distance = (of: Embeddings, side: 0 | 1, i: number, j: number): number =>
    cosine(of, common[i]![side], common[j]![side]);
  let [shared, byChance] = [0, 0];
  for (let q = 0; q < questions; q++) {
    const at = first + rng.int(common.length - first);
    const earlier = at - apart;
    const near = (of: Embeddings, side: 0 | 1): readonly number[] =>
      smallest(
        Float64Array.from({ length: earlier }, (_, i) => distance(of, side, at, i)),
        k,
      );
    const theirs = new Set(near(b, 1));
    shared += near(a, 0).filter((i) => theirs.has(i)).length / k;
    byChance += k / earlier;
  }
  const left = new Float64Array(pairs);
  const right = new Float64Array(pairs);
  for (let p = 0; p < pairs; p++) {
    const [i, j] = [rng.int(common.length), rng.int(common.length)];
    left[p] = distance(a, 0, i, j);
    right[p] = distance(b, 1, i, j);
  }
  return {
    ...{ anchors: common.length, questions, k, pairs },
    overlap: shared / questions,
    overlapByChance: byChance / questions,
    distanceCorrelation: rankCorrelation(left, right),
  };
}

/** Rows of both with the same instant. */
function commonRows(a: Float64Array, b: Float64Array): (readonly [number, number])[] {
  const rows: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) rows.push([i++, j++]);
    else if (a[i]! < b[j]!) i++;
    else j++;
  }
  return rows;
}

/** 1 − cosine of two rows, which have unit length. */
function cosine({ vectors, dim }: Embeddings, i: number, j: number): number {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += vectors[i * dim + d]! * vectors[j * dim + d]!;
  return 1 - sum;
}

/** Positions of the k smallest, in any order. */
function smallest(values: Float64Array, k: number): readonly number[] {
  const kept: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (kept.length === k && values[i]! >= values[kept[k - 1]!]!) continue;
    let at = kept.length;
    while (at > 0 && values[kept[at - 1]!]! > values[i]!) at--;
    kept.splice(at, 0, i);
    kept.length = Math.min(kept.length, k);
  }
  return kept;
}
