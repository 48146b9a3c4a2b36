import type {
  IndexedPattern,
  IndexMark,
  PatternBatches,
  PatternIndex,
  PatternSource,
  Place,
  Reached,
} from "./pattern-index.ts";

/** The mark of an index while that is written: it never says less than what may be there already. */
export class MovingMark {
  readonly #source: PatternSource;
  readonly #index: PatternIndex;
  #mark: IndexMark | null;
  /** Nothing newer than this has been read of the truth. */
  #read: Reached = { change: 0, digest: "" };

  /** @param from what stands on the index and can be relied upon; null: nothing there can */
  constructor(source: PatternSource, index: PatternIndex, from: IndexMark | null) {
    this.#source = source;
    this.#index = index;
    this.#mark = from;
  }

  /** Says that the index is about to be written; returns up to where. */
  async begin(): Promise<Reached> {
    this.#read = this.#source.note();
    if (this.#mark) await this.#set({ ...this.#mark, begun: this.#read });
    else await this.#index.setMark(null);
    return this.#read;
  }

  /** Hands portions on; where the truth was written since, that is said before any of it goes to the index. */
  async *announced(batches: PatternBatches): AsyncGenerator<readonly IndexedPattern[]> {
    for await (const portion of batches) {
      if (this.#source.newest() !== this.#read.change) {
        this.#read = this.#source.note();
        if (this.#mark) await this.#set({ ...this.#mark, begun: this.#read });
      }
      yield portion;
    }
  }

  /** The index holds everything up to there, or that part of it which comes before a place. */
  async moveTo({ change, digest }: Reached, filledTo?: Place): Promise<IndexMark> {
    const { truth } = this.#source;
    const mark = { truth, change, digest, count: await this.#index.count(), ...(filledTo && { filledTo }) };
    return this.#set(change === this.#read.change ? mark : { ...mark, begun: this.#read });
  }

  async #set(mark: IndexMark): Promise<IndexMark> {
    this.#mark = mark;
    await this.#index.setMark(mark);
    return mark;
  }
}
