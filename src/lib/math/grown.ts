type Growable = Float64Array | Float32Array | Int32Array | Uint8Array;

/** The array itself while it has room for `length` entries, else a copy of at least twice the size; new ones hold `fill`. */
export function grown<T extends Growable>(array: T, length: number, fill = 0): T {
  if (array.length >= length) return array;
  const Same = array.constructor as new (length: number) => T;
  const longer = new Same(Math.max(length, array.length * 2));
  longer.set(array);
  if (fill !== 0) longer.fill(fill, array.length);
  return longer;
}
