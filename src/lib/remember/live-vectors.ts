import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { byTimeframe } from "../candles/resample.ts";
import type { Encoder, EncoderStream } from "../encoder/encoder.ts";
import { featureSetByName } from "../features/feature-sets.ts";
import {
  featureStream,
  liveCandle,
  type FeatureStream,
  type LiveCandle,
} from "../features/feature-stream.ts";
import type { Timeframe } from "../time/timeframe.ts";
import type { EpochMs } from "../time/units.ts";
import type { LiveTail } from "./live-tail.ts";

/** The bars of one coarser timeframe that were handed on, by the close of the last. */
interface Closed {
  readonly timeframe: Timeframe;
  until: EpochMs;
}

/**
 * Candles of one instant → features → graph → embedding, going on from those before: equal to `encodeHistory` over the
 * same rows, bit for bit. Coarser bars are resampled from the rows behind the last one that closed.
 */
export class LiveVectors {
  readonly #features: FeatureStream;
  readonly #stream: EncoderStream;
  readonly #coarse: readonly Closed[];
  readonly #timeframes: readonly Timeframe[];
  /** Number of the first row that a bar still to come is made from. */
  #from = 0;

  constructor(encoder: Encoder, { timeframe, calendar }: CandleSeries) {
    const { timeframes } = encoder.design;
    this.#timeframes = timeframes;
    this.#features = featureStream(featureSetByName(encoder.featureSet), timeframes, calendar);
    this.#stream = encoder.stream();
    this.#coarse = timeframes
      .filter((one) => one !== timeframe)
      .map((one) => ({ timeframe: one, until: -Infinity }));
  }

  /** First row of the tail that is still needed. */
  get needs(): number {
    return this.#from;
  }

  /**
   * Takes a whole history, ascending by `knownAt`, before anything else.
   * @param onRow awaited at each base row, so that a caller may let other work run
   */
  async takeAll(series: CandleSeries, onRow: (row: number) => Promise<void>): Promise<void> {
    const { knownAt, closeTime } = series;
    const bars = this.#coarse.length > 0 ? byTimeframe(series, this.#timeframes) : {};
    const next = this.#coarse.map(() => 0);
    for (let from = 0, to = 0; from < knownAt.length; from = to) {
      const candles: LiveCandle[] = [];
      for (; to < knownAt.length && knownAt[to] === knownAt[from]; to++) candles.push(liveCandle(series, to));
      this.#coarse.forEach((one, c) => {
        const coarse = bars[one.timeframe]!;
        for (; coarse.knownAt[next[c]!]! <= knownAt[from]!; next[c]!++) {
          candles.push(liveCandle(coarse, next[c]!));
          one.until = coarse.closeTime[next[c]!]!;
        }
      });
      for (const row of this.#features.push(candles)) this.#stream.push(row);
      await onRow(from);
    }
    this.#goOn((row) => closeTime[row], knownAt.length);
  }

  /** Takes the rows of one instant, from number `from` to the end of the tail. */
  push(tail: LiveTail, from: number): void {
    const rows = tail.candles(from);
    const candles = Array.from(rows.openTime, (_, row) => liveCandle(rows, row));
    if (this.#coarse.length > 0) candles.push(...this.#closedBy(tail));
    else this.#from = tail.end;
    for (const row of this.#features.push(candles)) this.#stream.push(row);
  }

  /** Of the newest row; null during warm-up. */
  embed(): Float32Array | null {
    return this.#stream.embed();
  }

  /** Coarser bars that the newest row shows to be over. */
  #closedBy(tail: LiveTail): LiveCandle[] {
    const bars = byTimeframe(tail.candles(this.#from), this.#timeframes);
    const closed: LiveCandle[] = [];
    for (const one of this.#coarse) {
      const series = bars[one.timeframe]!;
      for (let bar = 0; bar < rowsOf(series); bar++) {
        if (series.closeTime[bar]! <= one.until) continue;
        closed.push(liveCandle(series, bar));
        one.until = series.closeTime[bar]!;
      }
    }
    this.#goOn((row) => tail.at("closeTime", row), tail.end);
    return closed;
  }

  /** Rows inside bars that are over, of every timeframe, are needed no more. */
  #goOn(closeTime: (row: number) => number | undefined, end: number): void {
    const until = Math.min(...this.#coarse.map((one) => one.until)); // Infinity where there are none
    while (this.#from < end && closeTime(this.#from)! <= until) this.#from++;
  }
}
