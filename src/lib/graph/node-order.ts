import { assertAscending, type RowTimes } from "./cross-links.ts";

/** Which candle each node is, and which node each candle is. N nodes, T timeframes, R rows of one timeframe. */
export interface NodeOrder {
  readonly nodeTimeframe: Uint8Array; // [N] index into the timeframes
  readonly nodeRow: Int32Array; // [N]
  readonly knownAt: Float64Array; // [N] ascending
  /** Node of every row, per timeframe. */
  readonly nodeOf: readonly Int32Array[]; // T × [R]
}

/**
 * Merges the rows of all timeframes (fine to coarse) into one order: by `knownAt`, at equal times fine to coarse,
 * then by row. What is known up to t is a prefix of it, whatever follows.
 *
 * @throws RhymeError "time" where a knownAt column descends.
 */
export function nodeOrder(times: readonly RowTimes[]): NodeOrder {
  times.forEach((t, index) => assertAscending(t.knownAt, `timeframe ${index}`));
  const nodes = times.reduce((sum, t) => sum + t.knownAt.length, 0);
  const nodeTimeframe = new Uint8Array(nodes);
  const nodeRow = new Int32Array(nodes);
  const knownAt = new Float64Array(nodes);
  const nodeOf = times.map((t) => new Int32Array(t.knownAt.length));
  const next = new Int32Array(times.length);
  for (let node = 0; node < nodes; node++) {
    let chosen = -1;
    let earliest = Infinity;
    for (let t = 0; t < times.length; t++) {
      const row = next[t]!;
      if (row === times[t]!.knownAt.length) continue;
      // Strictly earlier, so that at equal times the finer timeframe stays chosen.
      if (chosen < 0 || times[t]!.knownAt[row]! < earliest) {
        chosen = t;
        earliest = times[t]!.knownAt[row]!;
      }
    }
    const row = next[chosen]!++;
    nodeTimeframe[node] = chosen;
    nodeRow[node] = row;
    knownAt[node] = earliest;
    nodeOf[chosen]![row] = node;
  }
  return { nodeTimeframe, nodeRow, knownAt, nodeOf };
}
