import type { EpochMs } from "../time/units.ts";
import type { Horizon } from "../time/horizon.ts";
import { cosineDistance, inverseNorm } from "./distance.ts";
import { countWhile } from "../math/count-up-to.ts";
import { sameEpisode } from "./episode.ts";
import type { Outcomes } from "./outcomes.ts";
import type { PatternTable } from "./pattern-table.ts";

/** What a search may see. */
export interface Scope {
  readonly horizon: Horizon;
  /** Rows whose first outcome was known later do not exist. */
  readonly maturedBy: EpochMs;
  /** [S] 1 for series that may answer; null for all. */
  readonly allowed: Uint8Array | null;
  /** Rows of one episode with (from, to] do not answer; null: all do. */
  readonly apart: { readonly from: EpochMs; readonly to: EpochMs } | null;
}

/** Rows of the table and their distances, nearest first, ties by id. */
export interface Hits {
  readonly rows: Int32Array; // [M]
  readonly distances: Float64Array; // [M]
}

/** Ascending order of the ids of two rows. */
export function compareIds(ids: Uint8Array, a: number, b: number): number {
  for (let i = 0; i < 16; i++) {
    const difference = ids[a * 16 + i]! - ids[b * 16 + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The rows that had matured by an instant: after settling, those are the first ones of `order`. */
function maturedRows(table: PatternTable, outcomes: Outcomes, maturedBy: EpochMs): Int32Array {
  settle(table, outcomes);
  const { order, matureAt } = outcomes;
  return order.subarray(
    0,
    countWhile(order.length, (i) => matureAt[order[i]!]! <= maturedBy),
  );
}

/** Merges rows that matured since the last search into the order: linear in what is there already. */
function settle(table: PatternTable, outcomes: Outcomes): void {
  const { fresh, order, matureAt } = outcomes;
  if (fresh.length === 0) return;
  const compare = (a: number, b: number): number =>
    matureAt[a]! - matureAt[b]! || compareIds(table.ids, a, b);
  const added = Int32Array.from(fresh).sort(compare);
  const merged = new Int32Array(order.length + added.length);
  for (let i = 0, j = 0, out = 0; out < merged.length; out++) {
    const takeOld = j === added.length || (i < order.length && compare(order[i]!, added[j]!) <= 0);
    merged[out] = takeOld ? order[i++]! : added[j++]!;
  }
  outcomes.order = merged;
  outcomes.fresh = [];
}

/** All rows in scope with their distance to `vector`, in the order in which they became known. */
function candidates(table: PatternTable, scope: Scope, vector: Float32Array): Hits {
  const { dim, vectors, inverseNorms } = table;
  const rows = rowsInScope(table, scope);
  const distances = new Float64Array(rows.length);
  vectors.dots(rows, rows.length, vector, distances);
  const inverse = inverseNorm(vector, 0, dim);
  for (let i = 0; i < rows.length; i++)
    distances[i] = cosineDistance(distances[i]!, inverseNorms[rows[i]!]!, inverse);
  return { rows, distances };
}

/** Rows in scope in the order in which they became known; not a copy where all that had matured may answer. */
function rowsInScope(table: PatternTable, scope: Scope): Int32Array {
  const outcomes = table.outcomes.get(scope.horizon);
  if (!outcomes) return new Int32Array();
  const matured = maturedRows(table, outcomes, scope.maturedBy);
  const { allowed, apart } = scope;
  if (!allowed && !apart) return matured;
  const { seriesOf, anchors } = table;
  const { matureAt } = outcomes;
  const rows = new Int32Array(matured.length);
  let count = 0;
  for (let i = 0; i < matured.length; i++) {
    const row = matured[i]!;
    if (allowed && allowed[seriesOf[row]!] !== 1) continue;
    if (apart && sameEpisode(anchors[row]!, matureAt[row]!, apart.from, apart.to)) continue;
    rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** Number of rows in scope. */
export function countInScope(table: PatternTable, scope: Scope): number {
  return rowsInScope(table, scope).length;
}

/** The k nearest in scope by exact cosine distance: a bounded heap over one scan. */
export function nearest(table: PatternTable, scope: Scope, vector: Float32Array, k: number): Hits {
  const { rows, distances } = candidates(table, scope, vector);
  const further = (a: number, b: number): boolean =>
    distances[a]! > distances[b]! ||
    (distances[a] === distances[b] && compareIds(table.ids, rows[a]!, rows[b]!) > 0);
  const size = Math.min(k, rows.length);
  const heap = new Int32Array(size); // positions among the candidates, the furthest on top
  for (let i = 0; i < size; i++) heap[i] = i;
  for (let i = (size >> 1) - 1; i >= 0; i--) sink(heap, i, size, further);
  for (let i = size; i < rows.length; i++) {
    if (distances[i]! > distances[heap[0]!]! || !further(heap[0]!, i)) continue;
    heap[0] = i;
    sink(heap, 0, size, further);
  }
  for (let end = size - 1; end > 0; end--) {
    const top = heap[0]!;
    heap[0] = heap[end]!;
    heap[end] = top;
    sink(heap, 0, end, further);
  }
  return {
    rows: Int32Array.from(heap, (i) => rows[i]!),
    distances: Float64Array.from(heap, (i) => distances[i]!),
  };
}

function sink(
  heap: Int32Array,
  from: number,
  size: number,
  further: (a: number, b: number) => boolean,
): void {
  const moving = heap[from]!;
  let at = from;
  for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && further(heap[child + 1]!, heap[child]!)) child++;
    if (!further(heap[child]!, moving)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = moving;
}

/**
 * The k nearest episodes (episode.ts) in scope, each represented by its nearest pattern: taken greedily by
 * (distance, id) over all candidates.
 * A choice is one pass over the distances; only a row that would be chosen is held against the episodes so far.
 */
export function nearestEpisodes(table: PatternTable, scope: Scope, vector: Float32Array, k: number): Hits {
  const { rows, distances } = candidates(table, scope, vector);
  const chosen: number[] = []; // positions among the candidates
  const { anchors, ids } = table;
  const matureAt = table.outcomes.get(scope.horizon)?.matureAt;
  const covered = (row: number): boolean =>
    chosen.some((i) => sameEpisode(anchors[row]!, matureAt![row]!, anchors[rows[i]!]!, matureAt![rows[i]!]!));
  const left = distances.slice(); // Infinity where an episode has covered the row
  while (chosen.length < k) {
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < left.length; i++) {
      const distance = left[i]!;
      if (distance > least || distance === Infinity) continue;
      if (distance === least && compareIds(ids, rows[i]!, rows[best]!) > 0) continue;
      if (covered(rows[i]!)) left[i] = Infinity;
      else [best, least] = [i, distance];
    }
    if (best < 0) break;
    chosen.push(best);
  }
  return {
    rows: Int32Array.from(chosen, (i) => rows[i]!),
    distances: Float64Array.from(chosen, (i) => distances[i]!),
  };
}
