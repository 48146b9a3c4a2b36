import { rowsOf, type CandleSeries } from "../../../candles/candle-series.ts";
import { firmKnownAt } from "../../../candles/firm-known-at.ts";
import { labelHorizon } from "../../../context/label.ts";
import { clockSlots, harDesign } from "../../../forecast/har-design.ts";
import { harRegressors } from "../../../forecast/har-regressors.ts";
import { clocklessHarForecast, fewestRows, harForecast } from "../../../forecast/har.ts";
import { PLAIN_METHODS, plainQuantiles } from "../../trust/plain-baselines.ts";
import { TRUST_LABELS } from "../../trust/trust-report.ts";
import type { History } from "../history.ts";
import { statedOfRows } from "../stated-rows.ts";
import type { CandlesSubject, Subject } from "../subject.ts";
import { atLeast, barsAhead, baseOf, MANY } from "./stating.ts";

const BARS = 3;

/** Rows before HAR says anything: a day of bars to warm up, then the rows of its first fit and their horizons. */
export function harSpeaksFrom({ facts }: History): number {
  const design = harDesign(facts[0]!);
  return design.warmUp + fewestRows(design, BARS) + BARS;
}

function rowsAndWhen(series: CandleSeries): Pick<CandleSeries, "openTime" | "knownAt"> {
  return { openTime: series.openTime, knownAt: firmKnownAt(series) };
}

const har: CandlesSubject = {
  name: "forecast/har",
  covers: ["harForecast", "clocklessHarForecast"],
  takes: "candles",
  instants: 6,
  suits: (history) => rowsOf(history.facts[0]!) > harSpeaksFrom(history) + 5,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const contexts = labelHorizon(base, barsAhead(base.timeframe, BARS));
    const rows = rowsAndWhen(base);
    return [
      statedOfRows("with a clock", rows, harForecast(base, contexts)),
      statedOfRows("without", rows, clocklessHarForecast(base, contexts)),
    ];
  },
};

const regressors: CandlesSubject = {
  name: "forecast/regressors",
  covers: ["harRegressors", "clockSlots", "harDesign"],
  takes: "candles",
  every: 5,
  instants: MANY,
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const rows = rowsAndWhen(base);
    return [
      statedOfRows("trailing ranges", rows, harRegressors(base, [1, 3, 8], 10)),
      statedOfRows("clock", rows, clockSlots(base)),
    ];
  },
};

const EVERY_ASKED = 9;

/** What the plain baselines of a trust report would have said. */
const baselines: CandlesSubject = {
  name: "trust/plain-baselines",
  covers: ["plainQuantiles"],
  takes: "candles",
  every: 10,
  instants: 8,
  suits: atLeast(90),
  run(candles, setting) {
    const base = baseOf(candles, setting);
    const { openTime, knownAt } = rowsAndWhen(base);
    const asked = Int32Array.from(openTime.keys()).filter((row) => row % EVERY_ASKED === EVERY_ASKED - 1);
    const said = plainQuantiles(base, barsAhead(base.timeframe, BARS), asked);
    const pick = (column: Float64Array): Float64Array => Float64Array.from(asked, (row) => column[row]!);
    return PLAIN_METHODS.flatMap((method) =>
      TRUST_LABELS.map((label) => ({
        name: `${label} of ${method}`,
        ...{ key: pick(openTime), knownAt: pick(knownAt), values: said[method][label] },
      })),
    );
  },
};

export const FORECAST_SUBJECTS: readonly Subject[] = [regressors, har, baselines];
