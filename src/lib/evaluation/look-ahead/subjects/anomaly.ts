import { residualAt } from "../../../anomaly/residual-columns.ts";
import { detectorFor } from "../../../remember/live.ts";
import { residualsOf } from "../../../remember/residuals-of.ts";
import type { Judgement } from "../../../anomaly/anomaly.ts";
import type { StoreSubject, Subject } from "../subject.ts";
import { encoderOf, remembered } from "./remembered.ts";
import { atLeast, barsAhead, digestOfData, everyNth, statedWhenAsked } from "./stating.ts";

const BARS = 2;
/** The reconstruction speaks early: histories are short. */
const FIRST_FIT = 60;

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
    const options = { series: own, horizon, k: 3, firstFit: FIRST_FIT };
    const detector = detectorFor(store, memory, encoder, options);
    const asked = everyNth(await memory.anchors(own), 37);
    const judged: Judgement[] = [];
    for (const [i, at] of asked.entries())
      judged.push(await (i % 3 === 0 ? detector.compare(at) : detector.judge(at)));
    return [
      statedWhenAsked("judgement", asked, (_, i) => digestOfData(judged[i])),
      statedWhenAsked("p-value", asked, (_, i) => judged[i]!.pValue ?? NaN),
    ];
  },
};

const reconstruction: StoreSubject = {
  name: "anomaly/residuals",
  covers: ["residualsOf", "MaskedReconstruction.next", "fillMoment", "residualAt"],
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
