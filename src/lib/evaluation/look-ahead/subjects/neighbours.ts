import { rememberInRam } from "../../../remember/remember-in-ram.ts";
import {
  momentsAsked,
  neighbourForecasts,
  neighboursSay,
  plainForecasts,
} from "../../neighbours/neighbour-forecasts.ts";
import type { CandlesSubject, StoreSubject, Subject } from "../subject.ts";
import { emptyMemory, encoderOf, remembered, withBase } from "./remembered.ts";
import { atLeast, barsAhead, baseOf, digestOfData, everyNth, statedWhenAsked } from "./stating.ts";

/** What neighbours say of a moment is known at it; beside what followed, when that is. */
const asked: StoreSubject = {
  name: "neighbours/forecasts",
  covers: ["neighbourForecasts"],
  takes: "store",
  every: 200,
  instants: 10,
  suits: atLeast(60),
  async run(store, setting) {
    const { timeframe } = setting.series[0]!;
    const horizon = barsAhead(timeframe, 2);
    const into = withBase(emptyMemory(encoderOf(setting)));
    const { memory, own } = await remembered(store, setting, [horizon], into);
    const of = { series: own, horizon, from: -Infinity, every: 5, k: 4 };
    const { anchor, matureAt, ...columns } = await neighbourForecasts(memory, of);
    const moments = momentsAsked(await memory.anchors(own), of);
    const said: (readonly number[])[] = [];
    const baseOf = await plainForecasts(memory, of);
    for (const moment of moments) said.push(await neighboursSay(memory, of, moment, baseOf));
    return [
      ...Object.entries(columns).map(([name, values]) => ({ name, key: anchor, knownAt: matureAt, values })),
      statedWhenAsked("neighbours say", moments, (_, i) => said[i]!),
    ];
  },
};

/** A memory of candles that were all known on time holds what one filled through a store does. */
const inRam: CandlesSubject = {
  name: "remember/in-ram",
  covers: ["rememberInRam"],
  takes: "candles",
  every: 200,
  instants: 10,
  suits: atLeast(8),
  async run(candles, setting) {
    const base = baseOf(candles, setting);
    const { source, symbol, timeframe } = base;
    const memory = await rememberInRam([base], encoderOf(setting), { horizons: [barsAhead(timeframe, 2)] });
    const anchors = everyNth(await memory.anchors({ source, symbol, timeframe }), 6);
    const said: number[] = [];
    for (const anchor of anchors)
      said.push(digestOfData(await memory.at({ source, symbol, timeframe }, anchor, anchor)));
    return [statedWhenAsked("moment", anchors, (_, i) => said[i]!)];
  },
};

export const NEIGHBOUR_SUBJECTS: readonly Subject[] = [inRam, asked];
