/**
 * Interval score of the central band [low, high] that should hold `coverage` (0 to 1) of outcomes: its width, and for
 * an outcome outside 2 / (1 − coverage) times the distance by which it was missed (Gneiting & Raftery 2007, equation
 * 43). Lower is better; same unit as `y`.
 */
export function intervalScore(coverage: number, low: number, high: number, y: number): number {
  const missed = Math.max(low - y, 0, y - high);
  return high - low + (2 / (1 - coverage)) * missed;
}
