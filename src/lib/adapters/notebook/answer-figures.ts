import type { CandleSeries } from "../../candles/candle-series.ts";
import type { Answer } from "../../recall/answer.ts";
import { pathAround, type Path } from "../../recall/paths.ts";
import { horizonBars } from "../../time/horizon.ts";
import { neverCloses } from "../../time/calendar-24x7.ts";
import { timeUnit } from "../html/page-view.ts";
import { fanFigure } from "../plotly/fan-figure.ts";
import type { Figure } from "../plotly/figure.ts";
import { pathsFigure } from "../plotly/paths-figure.ts";

const FEWEST_BEFORE = 20;
const DRAWN = 160; // points of a path: more cannot be told apart

/**
 * An answer as pictures: what to expect (left out where it abstained), and the moments that rhyme on one scale.
 * `candles` are of the answer's own series; neighbours of other series are left out. What really happened is drawn
 * where the answer knows it.
 */
export function answerFigures(answer: Answer, candles: CandleSeries): readonly Figure[] {
  const { question, neighbours, distribution, happened } = answer;
  const bars = horizonBars(question.horizon, candles.timeframe, candles.calendar);
  const before = Math.max(FEWEST_BEFORE, bars);
  const stride = Math.max(1, Math.ceil((before + bars) / DRAWN));
  const anchor = Date.parse(question.anchor);
  const own = pathAround(candles, anchor, { before, after: 0, stride });
  const shared = {
    before: own ?? { offsetBars: [], logReturn: [] },
    after: happened ? pathAround(candles, anchor, { before: 0, after: bars, stride }) : null,
    unit: timeUnit(candles.timeframe, bars, !neverCloses(candles.calendar.name)),
  };
  const paths: Record<string, Path> = {};
  for (const { id, symbol, source, anchor: at } of neighbours) {
    if (symbol !== candles.symbol || source !== candles.source) continue;
    const path = pathAround(candles, Date.parse(at), { before, after: bars, stride });
    if (path) paths[id] = path;
  }
  const fan = distribution
    ? [fanFigure({ quantiles: distribution.return.quantiles, horizonBars: bars, ...shared })]
    : [];
  const rhymes =
    Object.keys(paths).length > 0
      ? [pathsFigure({ neighbours, paths, zone: candles.calendar.zone, ...shared })]
      : [];
  return [...fan, ...rhymes];
}
