import { expect } from "vitest";

type TypedArray =
  Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array | Int8Array | Uint16Array;

export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

/** Every |actual − expected| ≤ atol + rtol · |expected|, as numpy's allclose; NaN only where both are NaN. */
export function expectAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 1e-9, atol = 0 }: Tolerance = {},
): void {
  expect(actual.length, "length").toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    const close = Object.is(a, e) || a === e || Math.abs(a - e) <= atol + rtol * Math.abs(e);
    if (!close) expect.fail(`[${i}] is ${a}, expected ${e} (rtol ${rtol}, atol ${atol})`);
  }
}

/** Same type, length and bytes; NaN equals NaN of the same bits, 0 differs from −0. */
export function bitEqual(a: TypedArray, b: TypedArray): boolean {
  if (a.constructor !== b.constructor || a.byteLength !== b.byteLength) return false;
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}

function bytes(a: TypedArray): Buffer {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength);
}
