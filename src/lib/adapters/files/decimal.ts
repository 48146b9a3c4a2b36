/** How a file writes the fraction of a number. */
export type DecimalMark = "point" | "comma";

const POINT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const COMMA = /^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?$/;

/** A finite number in plain or scientific notation, NaN for anything else: no thousands, no hex, no units. */
export function parseNumber(text: string, mark: DecimalMark = "point"): number {
  const trimmed = text.trim();
  if (mark === "point") return POINT.test(trimmed) ? Number(trimmed) : NaN;
  return COMMA.test(trimmed) ? Number(trimmed.replace(",", ".")) : NaN;
}

/** Text that means a number which is none: not a broken line, but a bad price. */
const NON_FINITE: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  infinity: Infinity,
  "-infinity": -Infinity,
};

/** NaN or ±Infinity where the text says so, undefined where it says something else. */
export function nonFiniteIn(text: string): number | undefined {
  return NON_FINITE[text.trim().toLowerCase()];
}

/** Whether a cell says that there is nothing. */
export function isEmptyCell(text: string): boolean {
  return /^\s*(null|none|na|n\/a|-)?\s*$/i.test(text);
}
