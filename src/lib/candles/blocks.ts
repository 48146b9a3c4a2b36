/**
 * Rows that one call of a loop goes through. The code that V8 makes for a loop which runs once over a million rows is
 * lost with the next collection of garbage, so that the next file begins slowly again; that of a function which is
 * called often stays.
 */
const BLOCK = 4096;

/** Goes through rows in blocks [from, to). */
export function eachBlock(rows: number, visit: (from: number, to: number) => void): void {
  for (let from = 0; from < rows; from += BLOCK) visit(from, Math.min(from + BLOCK, rows));
}

/** Whether something holds in every block [from, to) of rows; asked in order until it does not. */
export function everyBlock(rows: number, holds: (from: number, to: number) => boolean): boolean {
  for (let from = 0; from < rows; from += BLOCK) if (!holds(from, Math.min(from + BLOCK, rows))) return false;
  return true;
}
