// N values

/**
 * The extreme of each window (t, ends[t]] by a monotone deque, in O(N) over all. NaN where ends[t] ≤ t.
 * @param values [N]
 * @param ends [N] last index of each window; never falling among those that are windows
 */
export function windowExtremes(values: Float64Array, ends: Int32Array, which: "max" | "min"): Float64Array {
  const n = ends.length;
  const sign = which === "max" ? 1 : -1;
  const result = new Float64Array(n).fill(NaN);
  const deque = new Int32Array(n); // indices; their values fall (max) or rise (min)
  let [head, tail, pushed] = [0, 0, 0];
  for (let t = 0; t < n; t++) {
    const end = ends[t]!;
    if (end <= t) continue;
    if (pushed <= t) [pushed, head, tail] = [t + 1, 0, 0];
    for (; pushed <= end; pushed++) {
      const value = sign * values[pushed]!;
      while (tail > head && sign * values[deque[tail - 1]!]! <= value) tail--;
      deque[tail++] = pushed;
    }
    while (deque[head]! <= t) head++;
    result[t] = values[deque[head]!]!;
  }
  return result;
}
