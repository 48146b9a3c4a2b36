type Column = Float64Array | Float32Array | Int32Array | Uint8Array;

/** A longer copy of a column; what is new holds `fill`. */
export function grown<T extends Column>(column: T, length: number, fill = 0): T {
  const longer = new (column.constructor as new (length: number) => T)(length);
  longer.set(column);
  if (fill !== 0) longer.fill(fill, column.length);
  return longer;
}
