import type { AnomalyDetector } from "../../../anomaly/detector.ts";
import { residualAt } from "../../../anomaly/residual-columns.ts";
import { detectorFor } from "../../../remember/live.ts";
import { residualsOf } from "../../../remember/residuals-of.ts";
import type { Judgement } from "../../../anomaly/anomaly.ts";
import type { CandleStore } from "../../../candles/candle-store.ts";
import { knownBefore } from "../../../candles/known-before.ts";
import type { SeriesKey } from "../../../candles/candle-series.ts";
import type { Horizon } from "../../../time/horizon.ts";
import type { StoreSubject, Subject } from "../subject.ts";
import type { Stated } from "../stated.ts";
import { emptyMemory, encoderOf, remembered } from "./remembered.ts";
import { atLeast, barsAhead, digestOfData, everyNth, statedWhenAsked } from "./stating.ts";

const BARS = 2;
/** The reconstruction speaks early: histories are short. */
const FIRST_FIT = 60;
/** Every so many moments one is judged. */
const ASKED = 37;
/** Rows after which a growing memory is asked. */
const STEP = 90;

/** What is said of a moment, and what it is compared with. */
const judgements: StoreSubject = {
  name: "anomaly/judgements",
  covers: ["AnomalyDetector.judge", "AnomalyDetector.compare", "detectorFor"],
  takes: "store",
  every: 40,
  instants: 4,
  suits: atLeast(240),
  async run(store, setting) {
    const horizon = barsAhead(setting.series[0]!.timeframe, BARS);
    const { memory, encoder, own } = await remembered(store, setting, [horizon]);
    const detector = detectorFor(store, memory, encoder, optionsOf(own, horizon));
    const asked = everyNth(await memory.anchors(own), ASKED);
    return stated(asked, await judgedBy(detector, asked, 0));
  },
  /** One detector is kept while the memory grows in steps, each as the store stood then. */
  async stream(store, setting) {
    const own = setting.series[0]!;
    const horizon = barsAhead(own.timeframe, BARS);
    const encoder = encoderOf(setting);
    const memory = emptyMemory(encoder);
    let now = store;
    const growing: CandleStore = {
      ...store,
      corrections: (key) => now.corrections(key),
      read: (key, range) => now.read(key, range),
      readFacts: (key, range) => now.readFacts(key, range),
    };
    const detector = detectorFor(growing, memory, encoder, optionsOf(own, horizon));
    const { knownAt } = store.read(own, { asOf: Infinity });
    const judged: Judgement[] = [];
    for (const t of [...everyNth(knownAt.slice().sort(), STEP), Infinity]) {
      now = t === Infinity ? store : knownBefore(store, t + 1);
      await remembered(now, setting, [horizon], memory);
      const asked = everyNth(await memory.anchors(own), ASKED);
      judged.push(...(await judgedBy(detector, asked, judged.length)));
    }
    return stated(everyNth(await memory.anchors(own), ASKED), judged);
  },
};

function optionsOf(series: SeriesKey, horizon: Horizon): Parameters<typeof detectorFor>[3] {
  return { series, horizon, k: 3, firstFit: FIRST_FIT };
}

/** Every third with what it is compared with. */
async function judgedBy(
  detector: AnomalyDetector,
  asked: Float64Array,
  from: number,
): Promise<readonly Judgement[]> {
  const judged: Judgement[] = [];
  for (let i = from; i < asked.length; i++)
    judged.push(await (i % 3 === 0 ? detector.compare(asked[i]!) : detector.judge(asked[i]!)));
  return judged;
}

function stated(asked: Float64Array, judged: readonly Judgement[]): Stated {
  return [
    statedWhenAsked("judgement", asked, (_, i) => digestOfData(judged[i])),
    statedWhenAsked("p-value", asked, (_, i) => judged[i]!.pValue ?? NaN),
  ];
}

const reconstruction: StoreSubject = {
  name: "anomaly/residuals",
  covers: ["residualsOf", "residualsAsTheyGrow", "MaskedReconstruction.next", "fillMoment", "residualAt"],
  takes: "store",
  every: 12,
  instants: 6,
  suits: atLeast(240),
  run(store, setting) {
    const [own] = setting.series;
    const residuals = residualsOf(store, own!, encoderOf(setting), { firstFit: FIRST_FIT });
    const asked = everyNth(residuals.anchor, 7);
    return [
      statedWhenAsked("residual", asked, (at) => residualAt(residuals, at).score),
      statedWhenAsked("largest", asked, (at) => digestOfData(residualAt(residuals, at))),
    ];
  },
};

export const ANOMALY_SUBJECTS: readonly Subject[] = [judgements, reconstruction];
