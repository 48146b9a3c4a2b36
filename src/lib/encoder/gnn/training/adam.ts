/** Named parameters as flat arrays. */
export type Parameters = Record<string, Float32Array>;

/** Adam's moments (Kingma & Ba 2015, algorithm 1); plain data, so that a checkpoint is a copy. */
export interface AdamState {
  readonly first: Parameters;
  readonly second: Parameters;
  step: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export function adamInit(parameters: Parameters): AdamState {
  const zeros = (): Parameters =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, values]) => [name, new Float32Array(values.length)]),
    );
  return { first: zeros(), second: zeros(), step: 0 };
}

/** One step, in place. */
export function adamUpdate(
  parameters: Parameters,
  gradients: Parameters,
  state: AdamState,
  rate: number,
): void {
  state.step++;
  const scale1 = 1 - BETA1 ** state.step;
  const scale2 = 1 - BETA2 ** state.step;
  for (const name of Object.keys(gradients)) {
    const values = parameters[name]!;
    const gradient = gradients[name]!;
    const m = state.first[name]!;
    const v = state.second[name]!;
    for (let i = 0; i < values.length; i++) {
      const g = gradient[i]!;
      m[i] = BETA1 * m[i]! + (1 - BETA1) * g;
      v[i] = BETA2 * v[i]! + (1 - BETA2) * g * g;
      values[i]! -= (rate * (m[i]! / scale1)) / (Math.sqrt(v[i]! / scale2) + EPSILON);
    }
  }
}
