import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { horizonBars } from "../time/horizon.ts";
import { fixedWidth, parseTimeframe } from "../time/timeframe.ts";
import { dayOfWeek, hourOfWeek } from "../time/zone.ts";

/** Market time over which intraday true ranges are averaged, beside the last bar alone. */
const INTRADAY_SPANS = ["1h", "4h", "1d", "5d", "20d"] as const;
const SPANS = { d: [1, 5, 22, 66], w: [1, 4, 13, 52], mo: [1, 3, 12] } as const;

/** What a HAR of one base timeframe looks at. */
export interface HarDesign {
  /** Trailing spans in bars, ascending. */
  readonly spans: readonly number[];
  /** Rows before the first forecast or training row: a day of intraday bars, 22 daily, 13 weekly, 12 monthly. */
  readonly warmUp: number;
  /** Bars of one day (1 for daily and coarser): how often the fit is renewed. */
  readonly day: number;
  /** Number of clock slots: 168 hours of the week, 7 days, or 0. */
  readonly slots: number;
  /** The clock that the slots are, for names: `hour of week`, `day of week`, or null. */
  readonly clock: string | null;
}

/** HAR (Corsi 2009) spans and weekly clock for the timeframe of a series. */
export function harDesign({ timeframe, calendar }: Pick<CandleSeries, "timeframe" | "calendar">): HarDesign {
  const { unit } = parseTimeframe(timeframe);
  const clock = clockOf(timeframe);
  if (unit === "d") return { spans: SPANS.d, warmUp: 22, day: 1, slots: 7, clock };
  if (unit === "w") return { spans: SPANS.w, warmUp: 13, day: 1, slots: 0, clock };
  if (unit === "mo") return { spans: SPANS.mo, warmUp: 12, day: 1, slots: 0, clock };
  const width = fixedWidth(timeframe)!;
  const coarser = INTRADAY_SPANS.filter((span) => span.endsWith("d") || fixedWidth(span)! % width === 0);
  const bars = coarser.map((span) => horizonBars(span, timeframe, calendar));
  const spans = [...new Set([1, ...bars])].sort((a, b) => a - b);
  const day = horizonBars("1d", timeframe, calendar);
  return { spans, warmUp: Math.max(day, 22), day, slots: 168, clock };
}

/** `hour of week` for intraday bars, `day of week` for daily ones, null for coarser. */
export function clockOf(timeframe: string): string | null {
  const { unit } = parseTimeframe(timeframe);
  if (unit === "d") return "day of week";
  return unit === "w" || unit === "mo" ? null : "hour of week";
}

/** Slot of every row on the market's own clock at its close, where the horizon begins. [N] */
export function clockSlots(candles: CandleSeries): Uint8Array {
  const { calendar, closeTime } = candles;
  const { slots } = harDesign(candles);
  const out = new Uint8Array(rowsOf(candles));
  if (slots === 0) return out;
  const slotAt = slots === 7 ? dayOfWeek : hourOfWeek;
  for (let i = 0; i < out.length; i++) out[i] = slotAt(calendar.zone, closeTime[i]!);
  return out;
}
