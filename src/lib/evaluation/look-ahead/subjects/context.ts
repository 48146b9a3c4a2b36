import type { CandleSeries } from "../../../candles/candle-series.ts";
import { firmKnownAt } from "../../../candles/firm-known-at.ts";
import { contextAt } from "../../../context/context-at.ts";
import { LABELS, MATURE, type ContextColumns } from "../../../context/context.ts";
import { labelHorizon } from "../../../context/label.ts";
import { canonicalJson } from "../../../math/hash.ts";
import { statedOfRows } from "../stated-rows.ts";
import type { Stated, StatedColumn } from "../stated.ts";
import type { CandlesSubject, Subject } from "../subject.ts";
import { barsAhead, baseOf, digestOfAll, MANY } from "./stating.ts";

/** A label is about its anchor, and known when it matures: nobody may learn it before. */
function statedLabels(series: CandleSeries, columns: ContextColumns): Stated {
  const { horizon, matureAt, values, crossesClose, atrNow, state } = columns;
  const about = (name: string, column: StatedColumn["values"]): StatedColumn => ({
    name: `${name} within ${horizon}`,
    ...{ key: series.openTime, knownAt: matureAt, values: column },
  });
  const known = { openTime: series.openTime, knownAt: firmKnownAt(series) };
  const told = state.map((one, row) =>
    one === MATURE ? 0 : LABELS.filter((label) => !Number.isNaN(values[label][row]!)).length,
  );
  const rows = Int32Array.from(state.keys()).filter((row) => row % 8 === 7 && state[row] === MATURE);
  return [
    ...LABELS.map((label) => about(label, values[label])),
    about("crosses a close", crossesClose),
    {
      name: `context within ${horizon}`,
      key: Float64Array.from(rows, (row) => series.openTime[row]!),
      knownAt: Float64Array.from(rows, (row) => matureAt[row]!),
      values: Float64Array.from(rows, (row) => digestOfAll(canonicalJson(contextAt(columns, row)))),
    },
    statedOfRows("labels told before they mature", known, told),
    statedOfRows("ATR now", known, atrNow),
  ];
}

const labels: CandlesSubject = {
  name: "context/labels",
  covers: ["labelHorizon", "contextAt", "horizonSpans", "causalState", "firstTouch"],
  takes: "candles",
  every: 8,
  instants: MANY,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const bars = setting.seed % 2 === 0 ? 2 : 7;
    const columns = labelHorizon(base, barsAhead(base.timeframe, bars));
    return statedLabels(base, { ...columns, horizon: "the horizon" });
  },
};

const days: CandlesSubject = {
  name: "context/labels-in-days",
  covers: ["labelHorizon"],
  takes: "candles",
  every: 10,
  instants: MANY,
  suits: ({ timeframes }) => /[mhd]$/.test(timeframes[0]!),
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const horizon = (["1d", "2d", "1w"] as const)[setting.seed % 3]!;
    return statedLabels(base, { ...labelHorizon(base, horizon), horizon: "some days" });
  },
};

export const CONTEXT_SUBJECTS: readonly Subject[] = [labels, days];
