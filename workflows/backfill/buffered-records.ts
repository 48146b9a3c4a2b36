import { recordHash, type RecordKey, type RecordShelf } from "../../src/lib/adapters/sqlite/record-shelf.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import type { Writer } from "../memory-access.ts";

/**
 * A record that grows in RAM and is put down in short pieces of writing. Whoever was given up and comes to an end late
 * puts nothing over what was kept since: a record is only ever put in place of the one that it was grown from.
 */
export class BufferedRecords implements RecordShelf {
  readonly #stored: RecordShelf;
  readonly #writer: Writer;
  /** What was found or put down last. */
  #from: string | null = null;
  #pending: { readonly key: RecordKey; readonly record: string } | null = null;

  constructor(stored: RecordShelf, writer: Writer) {
    this.#stored = stored;
    this.#writer = writer;
  }

  get(key: RecordKey): string | null {
    if (this.#pending) return this.#pending.record;
    return (this.#from = this.#stored.get(key));
  }

  hash(key: RecordKey): string | null {
    const record = this.get(key);
    return record === null ? null : recordHash(record);
  }

  put(key: RecordKey, record: string): void {
    this.#pending = { key, record };
  }

  /** @throws RhymeError "store" where another has put one down meanwhile: the next attempt goes on from that */
  async flush(): Promise<void> {
    const pending = this.#pending;
    if (pending === null) return;
    await this.#writer.use(({ records }) => {
      const { key, record } = pending;
      const there = records.get(key);
      if (there === record) return;
      if (there !== this.#from) throw overtaken(key);
      records.put(key, record);
    });
    this.#from = pending.record;
    this.#pending = null;
  }
}

function overtaken({ series, horizon }: RecordKey): RhymeError {
  return new RhymeError("store", {
    place: `the record of past answers for ${series.symbol} ${horizon}`,
    expected: "the one that was gone on from",
    received: "one that another worker has kept meanwhile",
    remedy: "Try again: it goes on from that one.",
  });
}
