import { knownBefore } from "../../../candles/known-before.ts";
import type { SeriesKey } from "../../../candles/candle-series.ts";
import type { CandleStore } from "../../../candles/candle-store.ts";
import { correctionsOf } from "../../../remember/corrections-of.ts";
import { dataHashes } from "../../../remember/data-hash.ts";
import { reembedder } from "../../../remember/reembed.ts";
import { seriesAsOf, viewAt } from "../../../remember/views.ts";
import { firmKnownAt } from "../../../candles/firm-known-at.ts";
import { statedOfRows } from "../stated-rows.ts";
import type { CandlesSubject, StoreSubject, Subject } from "../subject.ts";
import { anchorsOf, encoderOf } from "./remembered.ts";
import {
  baseOf,
  digestOfAll,
  digestOfData,
  digestOfSeries,
  everyNth,
  MANY,
  statedWhenAsked,
} from "./stating.ts";

/** Some of those instants, and all corrections: whether one is among them depends on no later one. */
function someInstants(store: CandleStore, key: SeriesKey, n: number): Float64Array {
  const some = everyNth(anchorsOf(store, key), n);
  return Float64Array.from(new Set([...some, ...store.corrections(key)])).sort();
}

const reading: StoreSubject = {
  name: "store/as-of",
  covers: [
    "CandleStore.read",
    "CandleStore.readFacts",
    "CandleStore.corrections",
    "factStore",
    "seriesOfFacts",
    "newestFacts",
    "knownBefore",
    "correctionsOf",
  ],
  takes: "store",
  every: 100,
  instants: MANY,
  run(store, { series: [key] }) {
    const asked = someInstants(store, key!, 24);
    const before = (at: number): CandleStore => knownBefore(store, at + 1);
    const recent = (asOf: number) => store.read(key!, { asOf, from: asOf - 864e5, to: asOf });
    const corrected = (until: number) =>
      correctionsOf(store, key!, { after: -Infinity, until, lastOpen: until });
    return [
      statedWhenAsked("series", asked, (asOf) => digestOfSeries(store.read(key!, { asOf }))),
      statedWhenAsked("late rows", asked, (asOf) => digestOfAll(store.readFacts(key!, { asOf }).late)),
      statedWhenAsked("newest day", asked, (asOf) => digestOfSeries(recent(asOf))),
      statedWhenAsked("store of then", asked, (at) =>
        digestOfSeries(before(at).read(key!, { asOf: Infinity })),
      ),
      statedWhenAsked("list of then", asked, (at) => digestOfData(before(at).list())),
      statedWhenAsked("corrections", asked, (at) => digestOfAll(before(at).corrections(key!))),
      statedWhenAsked("corrected bars", asked, (until) => digestOfData(corrected(until))),
    ];
  },
};

const viewing: StoreSubject = {
  name: "remember/views",
  covers: ["views", "viewAt", "seriesAsOf"],
  takes: "store",
  every: 25,
  instants: MANY,
  run(store, { series: [key] }) {
    const asked = someInstants(store, key!, 12);
    const anchors = anchorsOf(store, key!);
    return [
      { name: "anchors", key: anchors, knownAt: anchors, values: anchors },
      statedWhenAsked("series", asked, (at) => digestOfSeries(seriesAsOf(store, key!, at))),
      statedWhenAsked("begin of the view", asked, (at) => Math.max(viewAt(store, key!, at).from, 0)),
    ];
  },
};

const lineage: CandlesSubject = {
  name: "remember/data-hashes",
  covers: ["dataHashes"],
  takes: "candles",
  every: 6,
  instants: MANY,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const hashes = Float64Array.from(dataHashes(base), (hash) => digestOfAll(hash));
    return [statedOfRows("hash", { openTime: base.openTime, knownAt: firmKnownAt(base) }, hashes)];
  },
};

const reembedding: StoreSubject = {
  name: "remember/reembed",
  covers: ["reembedder"],
  takes: "store",
  every: 100,
  instants: 8,
  run(store, setting) {
    const [key] = setting.series;
    const encoder = encoderOf(setting);
    const again = reembedder(store, encoder);
    const nothing = Array.from({ length: encoder.dim }, () => NaN);
    const asked = everyNth(anchorsOf(store, key!), 24);
    return [statedWhenAsked("embedding", asked, (at) => [...(again(key!, at) ?? nothing)])];
  },
};

export const STORE_SUBJECTS: readonly Subject[] = [reading, viewing, lineage, reembedding];
