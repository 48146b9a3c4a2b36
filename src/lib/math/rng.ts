/** Seeded randomness; whoever needs chance receives one of these. Same seed, same numbers, on every machine. */
export interface Rng {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** Standard normal (Box–Muller, one of the pair). */
  normal(): number;
  /** State to save in a checkpoint. */
  state(): readonly number[];
}

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32. */
export function createRng(seed: number, state?: readonly number[]): Rng {
  let s = seed >>> 0;
  const splitmix = (): number => {
    s = (s + 0x9e3779b9) | 0;
    let t = s ^ (s >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return (t ^ (t >>> 15)) >>> 0;
  };
  let [a, b, c, d] = state
    ? (state as [number, number, number, number])
    : [splitmix(), splitmix(), splitmix(), 1];
  const bits = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  if (!state) for (let i = 0; i < 12; i++) bits();
  const next = (): number => bits() / 4294967296;
  return {
    next,
    int: (n) => Math.floor(next() * n),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    state: () => [a, b, c, d],
  };
}
