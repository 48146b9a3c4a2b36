import { rowsOf, type SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { isAscending } from "../candles/is-ascending.ts";
import type { Encoder } from "../encoder/encoder.ts";
import type { LabelCounts, Memory } from "../memory/memory.ts";
import { liveBatch, type LiveBatch } from "./live-batch.ts";
import { Followed, type LiveMoment } from "./live-followed.ts";
import { rememberViews, type RememberOptions, type RememberReport } from "./remember.ts";

/**
 * A remembered series that is followed candle by candle: each costs a few milliseconds, however long the history is.
 * It stands for one view (views.ts): candles that come on time, each behind the one before, go on from it. Whatever
 * else is stored (a late bar, a correction, two deliveries of one instant) makes `next` say null, and it has to be
 * started afresh, which remembers the series as the store has it by then.
 */
export class LiveSeries {
  readonly #key: SeriesKey;
  readonly #encoder: Encoder;
  readonly #lateFacts: number;
  /** null where the history is in no order in which it could be followed, or was left behind. */
  #followed: Followed | null;

  /** `startLive` makes one. */
  constructor(key: SeriesKey, encoder: Encoder, lateFacts: number, followed: Followed | null) {
    this.#key = key;
    this.#encoder = encoder;
    this.#lateFacts = lateFacts;
    this.#followed = followed;
  }

  /**
   * What the candles stored since bring; nothing of it is written. null: start afresh. Whoever cannot write it all has
   * to start afresh too, for the next call goes on from here.
   */
  next(store: CandleStore, signal?: AbortSignal): LiveBatch | null {
    const followed = this.#followed;
    if (followed === null) return null;
    const facts = store.readFacts(this.#key, { from: followed.lastOpen + 1, asOf: Infinity });
    // Facts are only ever added: none came late before the candles were read where none has by now.
    if (lateFactsOf(store, this.#key) !== this.#lateFacts || !followed.continues(facts)) return this.#stop();
    const moments: LiveMoment[] = [];
    for (let from = 0; from < rowsOf(facts);) {
      signal?.throwIfAborted();
      let to = from + 1;
      while (to < rowsOf(facts) && facts.knownAt[to] === facts.knownAt[from]) to++;
      const moment = followed.take(facts, from, to);
      if (moment === null) return this.#stop();
      moments.push(moment);
      from = to;
    }
    return liveBatch(this.#key, this.#encoder, moments);
  }

  #stop(): null {
    this.#followed = null;
    return null;
  }
}

/**
 * Remembers all that is stored of a series, and follows it from there.
 * @throws RhymeError as `remember`; the signal's reason when stopped
 */
export async function startLive(
  store: CandleStore,
  memory: Memory,
  encoder: Encoder,
  key: SeriesKey,
  options: RememberOptions,
): Promise<{ readonly live: LiveSeries; readonly report: RememberReport }> {
  const lateFacts = lateFactsOf(store, key); // counted before anything is read
  const remembered = await rememberViews(store, memory, encoder, key, options);
  const followed = isAscending(remembered.view.series.knownAt)
    ? await Followed.over(remembered, await memory.anchors(key), encoder, options)
    : null;
  return { live: new LiveSeries(key, encoder, lateFacts, followed), report: remembered.report };
}

/** Writes what `next` brought. May be repeated. */
export async function storeLive(memory: Memory, { patterns, labels }: LiveBatch): Promise<LabelCounts> {
  for (const batch of patterns) await memory.put(batch);
  const counts = { written: 0, revised: 0, unchanged: 0 };
  for (const batch of labels) {
    const done = await memory.label(batch);
    for (const what of ["written", "revised", "unchanged"] as const) counts[what] += done[what];
  }
  return counts;
}

function lateFactsOf(store: CandleStore, key: SeriesKey): number {
  return store.lateFacts?.(key) ?? store.corrections(key).length;
}
