import type { PatternBatch } from "../../src/lib/memory/memory.ts";
import type { Segment } from "./segment.ts";

/** Gathers what is put into segments of `chunk` moments, the last one of what is left. */
export class Spill {
  readonly #chunk: number;
  readonly #write: (batches: readonly PatternBatch[]) => Segment;
  readonly #segments: Segment[] = [];
  #batches: PatternBatch[] = [];
  #patterns = 0;

  constructor(chunk: number, write: (batches: readonly PatternBatch[]) => Segment) {
    this.#chunk = chunk;
    this.#write = write;
  }

  async put(batch: PatternBatch): Promise<{ readonly written: number; readonly unchanged: number }> {
    const count = batch.anchors.length;
    for (let from = 0; from < count;) {
      const to = Math.min(count, from + this.#chunk - this.#patterns);
      this.#batches.push(partOf(batch, from, to));
      this.#patterns += to - from;
      if (this.#patterns === this.#chunk) this.#flush();
      from = to;
    }
    return { written: count, unchanged: 0 };
  }

  end(): readonly Segment[] {
    if (this.#patterns > 0) this.#flush();
    return this.#segments;
  }

  #flush(): void {
    this.#segments.push(this.#write(this.#batches));
    this.#batches = [];
    this.#patterns = 0;
  }
}

/** Patterns [from, to) of a batch. */
function partOf(batch: PatternBatch, from: number, to: number): PatternBatch {
  const { anchors, vectors, atrNow, base } = batch;
  if (from === 0 && to === anchors.length) return batch;
  const dim = vectors.length / anchors.length;
  const part = (values: Float64Array): Float64Array => values.slice(from, to);
  return {
    ...batch,
    anchors: part(anchors),
    vectors: vectors.slice(from * dim, to * dim),
    atrNow: part(atrNow),
    base: Object.fromEntries(Object.entries(base).map(([horizon, values]) => [horizon, part(values)])),
  };
}
