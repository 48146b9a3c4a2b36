import type { SeriesKey } from "../../../candles/candle-series.ts";
import type { CandleStore } from "../../../candles/candle-store.ts";
import { byTimeframe } from "../../../candles/resample.ts";
import { knownBefore } from "../../../candles/known-before.ts";
import type { Encoder } from "../../../encoder/encoder.ts";
import type { Memory } from "../../../memory/memory.ts";
import type { Answer } from "../../../recall/answer.ts";
import { MultiTimeframeGNNMemoryEncoder } from "../../../recall/memory-encoder.ts";
import type { Question } from "../../../recall/question.ts";
import { recallMany } from "../../../recall/recall-many.ts";
import { recall } from "../../../recall/recall.ts";
import {
  MOMENT_COLUMNS,
  PREDICTIONS,
  QUANTILE_LABELS,
  type RecallRecord,
} from "../../../recall/record-type.ts";
import { seriesAsOf } from "../../../remember/views.ts";
import { recallAsOf } from "../../../remember/recall-as-of.ts";
import type { Horizon } from "../../../time/horizon.ts";
import type { EpochMs } from "../../../time/units.ts";
import { extendRecord } from "../../record.ts";
import type { Stated, StatedColumn } from "../stated.ts";
import type { Setting, StoreSubject, Subject } from "../subject.ts";
import { emptyMemory, encoderOf, remembered, TENANT, withBase } from "./remembered.ts";
import { atLeast, barsAhead, between, digestOfData, everyNth, statedWhenAsked } from "./stating.ts";

const BARS = 2;
/** Rows from which on a tenth of the matured past is enough neighbours for an answer. */
const ANSWERS_FROM = 230;

export function questionAt(own: SeriesKey, at: EpochMs, horizon: Horizon, encoder: Encoder): Question {
  const { source, symbol, timeframe } = own;
  const { version, knownAt } = encoder;
  return { source, symbol, timeframe, tenant: TENANT, at, horizon, k: 3, encoder: { version, knownAt } };
}

/** What was said; what followed becomes known later. */
function saidIn({ happened: _happened, ...said }: Answer): number {
  return digestOfData(said);
}

/** Awaits one value per instant. */
async function whenAsked(
  name: string,
  asked: Float64Array,
  answer: (at: EpochMs, i: number) => Promise<number>,
): Promise<StatedColumn> {
  const values: number[] = [];
  for (const [i, at] of asked.entries()) values.push(await answer(at, i));
  return statedWhenAsked(name, asked, (_, i) => values[i]!);
}

const answers: StoreSubject = {
  name: "recall/answers",
  covers: [
    ...["recall", "recallMany", "MultiTimeframeGNNMemoryEncoder.querySimilarPatterns"],
    ...["MultiTimeframeGNNMemoryEncoder.encodeMarketState", "estimate", "nearestOf"],
  ],
  takes: "store",
  every: 20,
  instants: 4,
  suits: atLeast(ANSWERS_FROM + 10),
  async run(store, setting) {
    const horizon = barsAhead(setting.series[0]!.timeframe, BARS);
    const memory = withBase(emptyMemory(encoderOf(setting)));
    const { encoder, own } = await remembered(store, setting, [horizon], memory);
    const asked = everyNth(await memory.anchors(own), 29);
    const questions = Array.from(asked, (at) => questionAt(own, at, horizon, encoder));
    const many = await recallMany(memory, questions);
    const agent = new MultiTimeframeGNNMemoryEncoder({ encoder, memory });
    return [
      await whenAsked("answer", asked, async (_, i) => saidIn(await recall(memory, questions[i]!))),
      statedWhenAsked("answers as columns", asked, (_, i) =>
        digestOfData([many.id[i], many.reason[i], many.value[i]]),
      ),
      statedWhenAsked("middle of the return", asked, (_, i) => many.quantiles.return[7 * i + 3]!),
      await whenAsked("similar", asked, async (asOf) => {
        const { vector } = (await memory.at(own, asOf, asOf))!;
        return digestOfData(await agent.querySimilarPatterns(vector, { k: 3, asOf, horizon }));
      }),
      statedWhenAsked("state of the market", asked, (at) =>
        digestOfData(
          agent.encodeMarketState(byTimeframe(seriesAsOf(store, own, at), encoder.design.timeframes)),
        ),
      ),
    ];
  },
};

/** A moment asked about again as of later instants: with the corrections that had arrived, and no others. */
const later: StoreSubject = {
  name: "recall/as-of",
  covers: ["recallAsOf", "momentAsOf"],
  takes: "store",
  every: 100,
  instants: 4,
  suits: atLeast(40),
  async run(store, setting) {
    const horizon = barsAhead(setting.series[0]!.timeframe, BARS);
    const memory = withBase(emptyMemory(encoderOf(setting)));
    const { encoder, own } = await remembered(store, setting, [horizon], memory);
    const asked = everyNth(await memory.anchors(own), 13);
    return [
      await whenAsked("answer", asked, async (asOf, i) => {
        const at = asked[i - 1] ?? asOf;
        const question = { ...questionAt(own, at, horizon, encoder), asOf, encoder };
        return saidIn(await recallAsOf(store, memory, question));
      }),
    ];
  },
};

/** Rows are known at their anchors, outcomes when they first matured. */
export function statedRecord(record: RecallRecord): Stated {
  const numbers = (column: readonly (number | null)[]): Float64Array =>
    Float64Array.from(column, (x) => x ?? NaN);
  const anchors = numbers(record.moments.anchor);
  const row = (name: string, values: Float64Array): StatedColumn => ({
    name,
    key: anchors,
    knownAt: anchors,
    values,
  });
  const matureAt = numbers(record.matureAt);
  const outcomes = Float64Array.from(
    Array.from(anchors, (_, r) => QUANTILE_LABELS.map((label) => record.outcomes[label][r] ?? NaN)).flat(),
  );
  return [
    ...MOMENT_COLUMNS.map((name) => row(name, numbers(record.moments[name]))),
    ...PREDICTIONS.map((name) => row(name, numbers(record.raw[name]))),
    row("calibrated return", numbers(record.calibrated["recall.return"])),
    row("calibrated range", numbers(record.calibrated["recall.logAtrRatio"])),
    { name: "outcomes", key: anchors, knownAt: matureAt, values: outcomes },
  ];
}

/** Rows from which on answers are calibrated from answers, and as many as one run may cost. */
const [RECORD_FROM, MOST_ROWS] = [300, 500];
/** Long enough that every other moment is asked. */
const RECORD_BARS = 8;

/** A record carried on over all that a store holds, through a memory that is filled from it. */
export async function recordOf(
  store: CandleStore,
  setting: Setting,
  memory: Memory,
  before: RecallRecord | null,
): Promise<RecallRecord> {
  const horizon = barsAhead(setting.series[0]!.timeframe, RECORD_BARS);
  const { encoder, own } = await remembered(store, setting, [horizon], memory);
  const { calendar } = store.read(own, { asOf: Infinity });
  return extendRecord(memory, before, { series: own, calendar, horizon, encoder });
}

const record: StoreSubject = {
  name: "recall/record",
  covers: ["extendRecord", "tablesOf", "calibrate", "shrinkage", "pastOf"],
  takes: "store",
  every: 40,
  // Few enough rows are calibrated that a cut at one or two instants would rarely fall among them.
  instants: 8,
  suits: between(RECORD_FROM + 10, MOST_ROWS),
  async run(store, setting) {
    const grown = await recordOf(store, setting, withBase(emptyMemory(encoderOf(setting))), null);
    return statedRecord(grown);
  },
  /** Grown in steps, each as the store stood then. */
  async stream(store, setting) {
    const memory = withBase(emptyMemory(encoderOf(setting)));
    const { knownAt } = store.read(setting.series[0]!, { asOf: Infinity });
    let grown: RecallRecord | null = null;
    for (const t of everyNth(knownAt.slice().sort(), 70))
      grown = await recordOf(knownBefore(store, t + 1), setting, memory, grown);
    return statedRecord(await recordOf(store, setting, memory, grown));
  },
};

export const RECALL_SUBJECTS: readonly Subject[] = [answers, later, record];
