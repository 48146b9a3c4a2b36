const LOG2_E = Math.LOG2E;
const LN2_HIGH = 0.6931471803691238; // the leading bits of ln 2: k · LN2_HIGH is exact
const LN2_LOW = 1.9082149292705877e-10;

const LEAST = -1022;
const POWERS = Float64Array.from({ length: 2046 }, (_, i) => 2 ** (LEAST + i)); // [2^-1022 … 2^1023]

// 1/n!, for Horner's scheme
const C12 = 1 / 479001600;
const C11 = 1 / 39916800;
const C10 = 1 / 3628800;
const C9 = 1 / 362880;
const C8 = 1 / 40320;
const C7 = 1 / 5040;
const C6 = 1 / 720;
const C5 = 1 / 120;
const C4 = 1 / 24;
const C3 = 1 / 6;

/**
 * e^x to a few units in the last place, by additions and multiplications alone: the same bits on every machine, which
 * Math.exp does not promise. Below −708 it is 0, above 709 infinite, and of NaN it is NaN.
 */
export function exp(x: number): number {
  if (x < -708) return 0;
  if (!(x <= 709)) return x + Infinity;
  const k = Math.floor(x * LOG2_E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW; // |r| ≤ ln 2 / 2
  // prettier-ignore
  const p = (((((((((C12 * r + C11) * r + C10) * r + C9) * r + C8) * r + C7) * r + C6) * r + C5) * r + C4) * r + C3) * r;
  return (((p + 0.5) * r + 1) * r + 1) * POWERS[k - LEAST]!;
}

/** tanh x from `exp`, to about 1e-16 absolute. */
export function tanh(x: number): number {
  return x > 20 ? 1 : x < -20 ? -1 : 1 - 2 / (exp(2 * x) + 1);
}
