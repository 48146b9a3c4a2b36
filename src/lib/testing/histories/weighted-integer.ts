import * as fc from "fast-check";

export interface WeightedRange {
  readonly weight: number;
  readonly min: number;
  readonly max: number;
}

/** Integers from ranges with weights, which shrink towards 0 through all of them: fast-check's own stay in theirs. */
export function weightedInteger(ranges: readonly WeightedRange[]): fc.Arbitrary<number> {
  return new WeightedInteger(ranges);
}

class WeightedInteger extends fc.Arbitrary<number> {
  readonly #drawn: fc.Arbitrary<number>;
  readonly #all: fc.Arbitrary<number>;

  constructor(ranges: readonly WeightedRange[]) {
    super();
    const parts = ranges.map(({ weight, min, max }) => ({ weight, arbitrary: fc.integer({ min, max }) }));
    this.#drawn = fc.oneof(...parts);
    this.#all = fc.nat(Math.max(...ranges.map(({ max }) => max)));
  }

  override generate(random: fc.Random, bias: number | undefined): fc.Value<number> {
    return new fc.Value(this.#drawn.generate(random, bias).value, undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is number {
    return this.#all.canShrinkWithoutContext(value);
  }

  override shrink(value: number, context: unknown): fc.Stream<fc.Value<number>> {
    return this.#all.shrink(value, context);
  }
}
