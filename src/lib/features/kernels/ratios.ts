/** An average true range below this share of the price is rounding, not movement. */
const STILL = 1e-12;
/** How far below the reference a log ratio can see: ln(1e-2) for amplitudes, ln(1e-4) for squares. */
const FLOOR = 1e-2;

/**
 * A price difference in units of ATR; 0 in a market that does not move, NaN before ATR is defined. An ATR that
 * counts the newest bar keeps the result bounded: a difference inside that bar is at most `period` units.
 */
export function perAtr(difference: number, atr: number, price: number): number {
  if (Number.isNaN(atr)) return NaN;
  return atr > STILL * price ? difference / atr : 0;
}

/**
 * ln(value / reference), floored softly: ln(value + floor · reference) − ln(reference + floor · reference).
 * 0 where the reference is 0, NaN where either is.
 */
export function softLogRatio(value: number, reference: number, floor: number = FLOOR): number {
  if (Number.isNaN(value) || Number.isNaN(reference)) return NaN;
  return reference > 0 ? Math.log(value + floor * reference) - Math.log(reference + floor * reference) : 0;
}

/** 100 · part / (part + rest); 50 where both are 0, which is where nothing moved. */
export function percentOf(part: number, rest: number): number {
  const sum = part + rest;
  return sum === 0 ? 50 : 100 * (part / sum);
}
