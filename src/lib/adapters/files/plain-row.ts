import type { ByteCursor } from "./byte-cursor.ts";

const LF = 10;
const CR = 13;
const ZERO = 48;
/** So many digits fit in 32 bits, in which they are put together fastest. */
const CHUNK = 9;
/** So many and the power of ten below them are exact doubles, and their quotient is rounded once. */
const MOST_DIGITS = 15;
const MORE = MOST_DIGITS - CHUNK;
const POWERS = Float64Array.from({ length: MOST_DIGITS + 2 }, (_, k) => 10 ** k);

/** What the fields of a row are read into: numbers, text, or neither where nobody asks. [width] each */
export interface FieldTargets {
  readonly numbers: readonly (Float64Array | null)[];
  readonly texts: readonly (string[] | null)[];
}

/**
 * Reads a row without quotes, as nearly every row of nearly every file is one; short decimals in one loop over their
 * bytes, without a call or an object per field, correctly rounded. The row must end with a line break, below 2^31.
 * @returns false where the row is no such one; the cursor stands anywhere then
 */
export function readPlainRow(cursor: ByteCursor, { numbers, texts }: FieldTargets, row: number): boolean {
  const { bytes, separator } = cursor;
  const point = cursor.point ^ ZERO;
  const last = numbers.length - 1;
  let i = cursor.at | 0; // V8 then knows that it counts in whole numbers, which saves a tenth
  for (let f = 0; f <= last; f++) {
    const from = i;
    let high = 0;
    let fraction = -1; // offset of its first digit
    let digit = bytes[i]! ^ ZERO; // below 10 for the bytes of digits alone
    for (; digit < 10 && i - from < CHUNK; digit = bytes[++i]! ^ ZERO) high = pushed(high, digit);
    if (digit === point) {
      fraction = ++i;
      digit = bytes[i]! ^ ZERO;
      for (; digit < 10 && i - from <= CHUNK; digit = bytes[++i]! ^ ZERO) high = pushed(high, digit);
    }
    let value = high;
    if (digit < 10) {
      const more = i;
      let low = 0;
      for (; digit < 10 && i - more <= MORE; digit = bytes[++i]! ^ ZERO) low = pushed(low, digit);
      value = high * POWERS[i - more]! + low;
    }
    if (fraction >= 0) value /= POWERS[i - fraction]!;
    const digits = fraction < 0 ? i - from : i - from - 1;
    const column = numbers[f]!;
    const ends = isEnd(digit ^ ZERO, separator);
    if (column !== null && ends && digits > 0 && digits <= MOST_DIGITS) column[row] = value;
    else {
      cursor.at = from;
      if (!readOther(cursor, column, texts[f]!, row)) return false;
      i = cursor.at;
    }
    if (!(f < last ? bytes[i] === separator : isEnd(bytes[i]!, LF))) return false;
    i++;
  }
  cursor.at = bytes[i - 1] === CR && bytes[i] === LF ? i + 1 : i;
  return true;
}

/** Digits with one more behind them, below 2^31. */
function pushed(digits: number, digit: number): number {
  return (Math.imul(digits, 10) + digit) | 0;
}

/** Whether a byte ends a field before `separator`, or a line. */
function isEnd(byte: number, separator: number): boolean {
  return byte === separator || byte === LF || byte === CR;
}

/** A field that is no short decimal: a sign, an exponent, nothing, text; false where it has a quote. */
function readOther(
  cursor: ByteCursor,
  numbers: Float64Array | null,
  texts: string[] | null,
  row: number,
): boolean {
  cursor.quoted = false;
  if (numbers !== null) numbers[row] = cursor.number();
  else if (texts !== null) texts[row] = cursor.text();
  else cursor.skip();
  return !cursor.quoted;
}
