import { overlapLag } from "../../recall/overlap.ts";

/** Rows of one instant as one step of time: symbols asked together are not independent. T steps. */
export interface Steps {
  readonly count: number; // T
  readonly stepOf: Int32Array; // [n]
  /** Later steps that begin before a step's horizon has ended: the lag of their dependence. */
  readonly overlap: number;
}

/** @param anchor ascending */
export function stepsOf(anchor: Float64Array, matureAt: Float64Array): Steps {
  const stepOf = new Int32Array(anchor.length);
  const [begins, ends]: [number[], number[]] = [[], []];
  anchor.forEach((t, i) => {
    if (t !== begins.at(-1)) {
      begins.push(t);
      ends.push(matureAt[i]!);
    }
    stepOf[i] = begins.length - 1;
    ends[begins.length - 1] = Math.max(ends.at(-1)!, matureAt[i]!);
  });
  const overlap = overlapLag(Float64Array.from(begins), Float64Array.from(ends));
  return { count: begins.length, stepOf, overlap };
}

/** Mean over the rows of each step. [T] */
export function stepMeans({ count, stepOf }: Steps, values: Float64Array): Float64Array {
  const [sums, rows] = [new Float64Array(count), new Float64Array(count)];
  values.forEach((value, i) => {
    sums[stepOf[i]!]! += value;
    rows[stepOf[i]!]!++;
  });
  return sums.map((sum, t) => sum / rows[t]!);
}
