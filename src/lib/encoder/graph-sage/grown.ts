type Growable = Uint8Array | Int32Array | Float32Array | Float64Array;

/** The array itself while it has room for `length` entries, else a copy of at least twice the size. */
export function grown<T extends Growable>(array: T, length: number): T {
  if (array.length >= length) return array;
  const Same = array.constructor as new (length: number) => T;
  const next = new Same(Math.max(length, array.length * 2));
  next.set(array);
  return next;
}
