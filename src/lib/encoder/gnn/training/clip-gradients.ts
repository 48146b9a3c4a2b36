import type { Parameters } from "./adam.ts";

/** Length of all gradients as one vector; NaN or infinite where any of them is. */
export function globalNorm(gradients: Parameters): number {
  let squares = 0;
  for (const values of Object.values(gradients)) for (const g of values) squares += g * g;
  return Math.sqrt(squares);
}

/** Scales all gradients together, in place, so that their norm is at most `most` (Pascanu et al. 2013). */
export function clipGradients(gradients: Parameters, norm: number, most: number): void {
  if (!(norm > most)) return;
  for (const values of Object.values(gradients))
    for (let i = 0; i < values.length; i++) values[i]! *= most / norm;
}
