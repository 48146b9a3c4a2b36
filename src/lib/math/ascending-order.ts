/** Indices of the values that are not NaN, ascending by value, ties by index. */
export function ascendingOrder(values: Float64Array): Int32Array {
  const order = Int32Array.from(values, (_, i) => i).filter((i) => !Number.isNaN(values[i]!));
  let sorted = true;
  for (let i = 1; i < order.length && sorted; i++) sorted = values[order[i - 1]!]! <= values[order[i]!]!;
  return sorted ? order : order.sort((a, b) => values[a]! - values[b]! || a - b);
}
