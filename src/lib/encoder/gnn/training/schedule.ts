/** How the learning rate goes: up in a straight line, then down half a cosine to a tenth. */
export interface Schedule {
  readonly learningRate: number;
  readonly warmUpSteps: number;
  readonly steps: number;
}

/** Share of the learning rate that is left at the end. */
const LEFT = 0.1;

/** The rate of a step, counted from 0 (warm-up: Goyal et al. 2017; cosine: Loshchilov & Hutter 2017). */
export function rateAt(step: number, { learningRate, warmUpSteps, steps }: Schedule): number {
  if (step < warmUpSteps) return (learningRate * (step + 1)) / warmUpSteps;
  const cosine = 0.5 + 0.5 * Math.cos((Math.PI * (step - warmUpSteps)) / Math.max(1, steps - warmUpSteps));
  return learningRate * (LEFT + (1 - LEFT) * cosine);
}
