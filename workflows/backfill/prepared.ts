import type { Embeddings, Encoder } from "../../src/lib/encoder/encoder.ts";
import { momentColumns, type MomentColumns, type MomentsOptions } from "../../src/lib/remember/moments.ts";
import type { View } from "../../src/lib/remember/views.ts";

const MOST_ROWS = 1_500_000; // base rows of all views that are kept, about 1 GB

/** A view, ready to be encoded in parts. */
export interface PreparedView {
  /** Base rows that have an embedding. */
  readonly rows: Int32Array;
  readonly columns: MomentColumns;
  /** Those of base rows [from, to). */
  readonly embeddings: (from: number, to: number, signal: AbortSignal) => Embeddings;
}

/** What has been made of the newest views, in RAM: lost with the thread, and made again from the candles. */
export class Prepared {
  readonly #views = new Map<string, PreparedView & { readonly size: number }>();

  /** @param name of the view, its encoder and its horizons */
  async of(name: string, { series }: View, encoder: Encoder, options: MomentsOptions): Promise<PreparedView> {
    const before = this.#views.get(name);
    this.#views.delete(name);
    const size = series.openTime.length;
    const ready = before ?? { ...preparedView(encoder, await momentColumns(series, encoder, options)), size };
    this.#views.set(name, ready);
    let rows = [...this.#views.values()].reduce((sum, view) => sum + view.size, 0);
    for (const [oldest, view] of this.#views) {
      if (rows <= MOST_ROWS || oldest === name) break;
      this.#views.delete(oldest);
      rows -= view.size;
    }
    return ready;
  }
}

function preparedView(encoder: Encoder, columns: MomentColumns): PreparedView {
  const { tables } = columns;
  let whole: Embeddings | null = null;
  return {
    columns,
    rows: encoder.anchorRows(tables),
    embeddings: (from, to, signal) => {
      if (encoder.hearsNearby) return encoder.encodeHistory(tables, { from, to, signal });
      // Each would need everything before it: all at once, for all chunks of this thread.
      whole ??= encoder.encodeHistory(tables, { signal });
      return partOf(whole, from, to);
    },
  };
}

function partOf({ dim, rows, anchors, vectors }: Embeddings, from: number, to: number): Embeddings {
  const a = rows.findIndex((row) => row >= from);
  const b = rows.findLastIndex((row) => row < to) + 1;
  return {
    dim,
    rows: rows.slice(a, b),
    anchors: anchors.slice(a, b),
    vectors: vectors.slice(a * dim, b * dim),
  };
}
