/** Pinball (quantile) loss of forecast `q` at level `p` for outcome `y` (Koenker & Bassett 1978). */
export function pinball(p: number, q: number, y: number): number {
  return y >= q ? p * (y - q) : (1 - p) * (q - y);
}

/** Mean pinball loss over several levels, each counted once. */
export function meanPinball(levels: readonly number[], quantiles: ArrayLike<number>, y: number): number {
  let sum = 0;
  for (let j = 0; j < levels.length; j++) sum += pinball(levels[j]!, quantiles[j]!, y);
  return sum / levels.length;
}
