import { v5 } from "uuid";
import { INDEX_MARK, indexMark } from "../../../../weaviate/schema.ts";
import { RhymeError } from "../../errors.ts";
import { PATTERN_NAMESPACE } from "../../memory/pattern-id.ts";
import type { IndexMark } from "../../memory/pattern-index.ts";
import type { Connection } from "./connection.ts";
import { WeaviateFailure } from "./failure.ts";
import { withRetries } from "./pace.ts";
import { TenantCollection, type Refused } from "./tenant-collection.ts";

/** One tenant's mark for one encoder version: an object beside the data that it speaks of. */
export class StoredMark {
  readonly #marks: TenantCollection;
  readonly #encoderVersion: string;

  constructor(connection: Connection, tenant: string, encoderVersion: string) {
    this.#marks = new TenantCollection(connection, INDEX_MARK, tenant);
    this.#encoderVersion = encoderVersion;
  }

  get #path(): string {
    const id = v5(this.#encoderVersion, PATTERN_NAMESPACE);
    return `/objects/${INDEX_MARK}/${id}?tenant=${this.#marks.tenant}`;
  }

  async read(): Promise<IndexMark | null> {
    if (!(await this.#marks.exists())) return null;
    const { status, json } = await this.#marks.connection.rest.call("GET", this.#path, { also: [404] });
    if (status === 404) return null;
    const { properties } = json as { readonly properties?: { readonly mark?: string } };
    try {
      const mark = JSON.parse(properties!.mark!) as IndexMark;
      const { begun = mark } = mark;
      const numbers = [mark.change, mark.count, mark.filledTo?.anchor ?? 0, begun.change];
      const texts = [mark.truth, mark.digest, begun.digest].every((text) => typeof text === "string");
      if (texts && numbers.every(Number.isSafeInteger)) return mark;
    } catch {
      // nothing that says how far the index got
    }
    return null;
  }

  async write(mark: IndexMark): Promise<void> {
    await this.#marks.ensure(indexMark());
    const id = v5(this.#encoderVersion, PATTERN_NAMESPACE);
    const properties = { encoder: this.#encoderVersion, mark: JSON.stringify(mark) };
    const again = (error: unknown): boolean => error instanceof WeaviateFailure && error.retryable;
    const put = async (): Promise<readonly Refused[]> => this.#marks.put([{ id, properties }]);
    const refused = await withRetries(put, again, this.#marks.connection); // what it speaks of has taken long enough
    if (refused.length === 0) return;
    throw new RhymeError("store", {
      place: this.#marks.place,
      expected: "to note how far the index got",
      received: refused[0]!.reason,
      remedy: "Run the same command again: it finds what is missing.",
    });
  }

  async remove(): Promise<void> {
    if (!(await this.#marks.exists())) return;
    await this.#marks.connection.rest.call("DELETE", this.#path, { also: [404] });
  }
}
