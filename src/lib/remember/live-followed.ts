import type { CandleFacts } from "../candles/candle-facts.ts";
import { rowsOf } from "../candles/candle-series.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { EpochMs } from "../time/units.ts";
import type { Horizon } from "../time/horizon.ts";
import { dataHashes, monthOf, NO_MONTHS, withMonth } from "./data-hash.ts";
import { LiveOutcomes, type Matured } from "./live-outcomes.ts";
import { LiveTail } from "./live-tail.ts";
import { LiveVectors } from "./live-vectors.ts";
import { pickContexts } from "./moments.ts";
import type { Remembered, RememberOptions } from "./remember.ts";

const TURN = 2_048; // rows between looks at the signal while a history is gone through

/** What one instant brings: a moment, unless the encoder is still warming up, and what matured with it. */
export interface LiveMoment {
  readonly anchor: EpochMs;
  readonly vector: Float32Array | null; // [D]
  readonly atrNow: number;
  readonly base: Readonly<Record<Horizon, number>>;
  readonly dataHash: string;
  /** Of remembered moments, which `anchors` names. */
  readonly matured: readonly (Matured & { readonly anchors: Float64Array })[];
}

/** A view of a series with everything that its next candle needs: as small as the windows that are looked at. */
export class Followed {
  readonly #since: EpochMs;
  readonly #tail: LiveTail;
  readonly #vectors: LiveVectors;
  readonly #outcomes: LiveOutcomes;
  /** Anchors of remembered moments, by row, from the first pending row on. */
  readonly #anchors = new Map<number, EpochMs>();
  #hash = NO_MONTHS;
  #month = NaN;
  #monthFrom = 0;
  #lastKnown: EpochMs = -Infinity;
  #lastOpen: EpochMs = -Infinity;

  private constructor({ view }: Remembered, encoder: Encoder, horizons: readonly Horizon[]) {
    this.#since = view.from;
    this.#tail = new LiveTail(view.series);
    this.#vectors = new LiveVectors(encoder, view.series);
    this.#outcomes = new LiveOutcomes(view.series, horizons);
  }

  /** Goes once through the history. @param stored anchors of all its moments */
  static async over(
    remembered: Remembered,
    stored: Float64Array,
    encoder: Encoder,
    { horizons, signal, onProgress }: RememberOptions,
  ): Promise<Followed> {
    const { series, facts } = remembered.view;
    const followed = new Followed(remembered, encoder, horizons);
    const rows = rowsOf(series);
    await followed.#vectors.takeAll(series, async (row) => {
      if (row % TURN !== 0) return;
      signal?.throwIfAborted();
      await onProgress?.("going through the history", row, rows);
    });
    const needed = followed.#outcomes.needs(rows);
    for (let row = 0; row < rows; row++) {
      followed.#tail.push(series, row, facts.knownAt[row]);
      const month = monthOf(series.closeTime[row]!);
      if (month !== followed.#month) [followed.#month, followed.#monthFrom] = [month, row];
      followed.#tail.forget(Math.min(row, needed, followed.#monthFrom, followed.#vectors.needs));
    }
    followed.#hash = dataHashes(series).at(-1) ?? NO_MONTHS;
    if (rows > 0)
      [followed.#lastKnown, followed.#lastOpen] = [series.knownAt.at(-1)!, series.openTime.at(-1)!];
    followed.#await(remembered, new Set(stored));
    return followed;
  }

  get lastOpen(): EpochMs {
    return this.#lastOpen;
  }

  /** Whether facts came on time, after what was taken and after what was corrected before. */
  continues({ late, knownAt }: CandleFacts): boolean {
    return !late.includes(1) && !(knownAt[0]! <= Math.max(this.#lastKnown, this.#since));
  }

  /** Takes the facts [from, to), which were known at one instant. null: they do not simply go on from those before. */
  take(facts: CandleFacts, from: number, to: number): LiveMoment | null {
    const first = this.#tail.end;
    for (let row = from; row < to; row++) {
      const month = monthOf(facts.closeTime[row]!);
      if (month !== this.#month) this.#endMonth(month);
      this.#tail.push(facts, row);
    }
    this.#vectors.push(this.#tail, first);
    const said = this.#outcomes.push(this.#tail, first);
    if (said === null) return null;
    const row = this.#tail.end - 1;
    const anchor = this.#tail.at("knownAt", row);
    [this.#lastKnown, this.#lastOpen] = [anchor, this.#tail.at("openTime", row)];
    const vector = this.#vectors.embed();
    const atrNow = this.#tail.at("atr", row) / this.#tail.at("close", row);
    const matured = said.matured.map((one) => this.#ofMoments(one));
    if (vector !== null) this.#anchors.set(row, anchor);
    const moment = { anchor, vector, atrNow, base: said.base, dataHash: this.#hash, matured };
    this.#forget();
    return moment;
  }

  /** The month so far is over: what comes next is made from it too. */
  #endMonth(next: number): void {
    const end = this.#tail.end;
    if (end > 0)
      this.#hash = withMonth(this.#hash, this.#tail.candles(this.#monthFrom), 0, end - this.#monthFrom);
    [this.#month, this.#monthFrom] = [next, end];
  }

  /** Moments that are stored and whose outcome is still to come. */
  #await({ view: { series }, anchors }: Remembered, stored: ReadonlySet<EpochMs>): void {
    for (let row = this.#outcomes.pending; row < rowsOf(series); row++) {
      const anchor = anchors.get(series.openTime[row]!);
      if (anchor !== undefined && stored.has(anchor)) this.#anchors.set(row, anchor);
    }
  }

  #ofMoments({ rows, columns }: Matured): LiveMoment["matured"][number] {
    const kept = Int32Array.from(rows.keys()).filter((i) => this.#anchors.has(rows[i]!));
    return {
      rows: kept.map((i) => rows[i]!),
      columns: pickContexts(columns, kept),
      anchors: Float64Array.from(kept, (i) => this.#anchors.get(rows[i]!)!),
    };
  }

  #forget(): void {
    for (const row of this.#anchors.keys()) {
      if (row >= this.#outcomes.pending) break;
      this.#anchors.delete(row);
    }
    const needed = Math.min(this.#outcomes.needs(this.#tail.end), this.#vectors.needs, this.#monthFrom);
    this.#tail.forget(needed);
  }
}
