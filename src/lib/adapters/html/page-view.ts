import { neverCloses } from "../../time/calendar-24x7.ts";
import { rowsOf, type CandlesByTimeframe } from "../../candles/candle-series.ts";
import { sliceRows } from "../../candles/slice.ts";
import { horizonBars } from "../../time/horizon.ts";
import { sortTimeframes } from "../../time/timeframe.ts";
import type { Palette } from "../plotly/figure.ts";
import { fixedWidth } from "../../time/timeframe.ts";
import { DAY, HOUR, MINUTE } from "../../time/units.ts";
import type { TimeUnit } from "../plotly/figure.ts";
import { needsClock, type Naming } from "../text/words.ts";
import type { AnswerPageInput } from "./answer-page-input.ts";

/** The input with what every section needs to say it in words. */
export interface PageView extends AnswerPageInput {
  readonly naming: Naming;
  /** Whether moments are named with a clock. */
  readonly clock: boolean;
  /** Name of the market's calendar; null without candles. */
  readonly calendar: string | null;
  /** What time is counted in around the anchor: `trading days`, `hours`. */
  readonly unit: TimeUnit;
  readonly horizonBars: number;
  /** Fine to coarse, those that have candles. */
  readonly timeframes: readonly string[];
  /** Candles that were known at the anchor. */
  readonly known: CandlesByTimeframe;
}

/** Colours as names that the page's script looks up in its style sheet, so that figures follow light and dark. */
export const TOKENS: Palette = {
  ink: "$ink",
  soft: "$soft",
  grid: "$grid",
  paper: "$paper",
  past: "$past",
  band50: "$band50",
  band80: "$band80",
  band90: "$band90",
  happened: "$happened",
  other: "$other",
};

export function pageView(input: AnswerPageInput): PageView {
  const { question } = input.answer;
  const timeframes = sortTimeframes(Object.keys(input.candles)).filter((tf) => input.candles[tf]);
  const calendar =
    input.candles[question.timeframe]?.calendar ?? input.candles[timeframes[0] ?? ""]?.calendar;
  const sessions = calendar !== undefined && !neverCloses(calendar.name);
  const anchor = Date.parse(question.anchor);
  const known = Object.fromEntries(
    timeframes.map((timeframe) => {
      const series = input.candles[timeframe]!;
      let rows = rowsOf(series);
      while (rows > 0 && series.knownAt[rows - 1]! > anchor) rows--;
      return [timeframe, sliceRows(series, 0, rows)];
    }),
  );
  const bars =
    input.horizonBars ?? (calendar ? horizonBars(question.horizon, question.timeframe, calendar) : 1);
  return {
    ...input,
    naming: { zone: calendar?.zone ?? "UTC", name: input.symbolName ?? question.symbol, sessions },
    clock: needsClock(question.timeframe),
    calendar: calendar?.name ?? null,
    unit: timeUnit(question.timeframe, bars, sessions),
    horizonBars: bars,
    timeframes,
    known,
  };
}

/**
 * What people count the way to the horizon in. Intraday bars become minutes, hours or days by their width; hours of
 * a market that closes are hours of trading, of which no fixed number makes a day.
 */
export function timeUnit(timeframe: string, bars: number, sessions: boolean): TimeUnit {
  const width = fixedWidth(timeframe);
  if (width === null) {
    const words: Readonly<Record<string, string>> = {
      "1d": sessions ? "trading days" : "days",
      "1w": "weeks",
      "1mo": "months",
    };
    return { name: words[timeframe] ?? `bars of ${timeframe}`, perBar: 1 };
  }
  const span = bars * width;
  if (span < 2 * HOUR) return { name: "minutes", perBar: width / MINUTE };
  if (!sessions && span >= 3 * DAY) return { name: "days", perBar: width / DAY };
  return { name: sessions ? "hours of trading" : "hours", perBar: width / HOUR };
}
