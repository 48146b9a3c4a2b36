import type { Finding } from "../../candles/finding.ts";
import type { StampConvention } from "../../candles/place-stamps.ts";
import type { Calendar } from "../../time/calendar.ts";
import type { Timeframe } from "../../time/timeframe.ts";
import type { ReadCandlesOptions } from "./read-options.ts";

export interface WhatWasRead {
  readonly rowsRead: number;
  readonly options: ReadCandlesOptions;
  readonly calendar: Calendar;
  readonly timeframe: Timeframe;
  /** What most steps between stamps say. */
  readonly commonest: Timeframe | null;
  readonly stamp: StampConvention;
  readonly findings: readonly Finding[];
}

/** Rows outside a session, as a share of all, from which on another clock is likelier than stray bars. */
const MANY_OUTSIDE = 0.005;

/** Timeframe, calendar and convention, in words, and whether they were given or assumed. */
export function whatWasAssumed(read: WhatWasRead): string[] {
  const { rowsRead, options, calendar, timeframe, commonest, stamp, findings } = read;
  const said = (given: unknown, option: string): string =>
    given === undefined ? ` (assumed, ${option} changes it)` : "";
  const step =
    commonest === null || commonest === timeframe ? "" : `, although the commonest step is ${commonest}`;
  const outside = findings.reduce((sum, f) => sum + (f.kind === "outside-session" ? f.count : 0), 0);
  const hint = `${outside} rows lie outside the sessions of ${calendar.name}: are the times those of another clock?`;
  return [
    `timeframe ${timeframe}${options.timeframe === undefined ? " (the commonest step, --timeframe changes it)" : step}`,
    `calendar ${calendar.name}${said(options.calendar, "--calendar")}`,
    `timestamps name the ${stamp} of a bar${said(options.stamp, "--stamp")}`,
    ...(outside > MANY_OUTSIDE * rowsRead ? [`${hint} (${remedyFor(options, calendar)})`] : []),
  ];
}

function remedyFor({ zone, wall }: ReadCandlesOptions, calendar: Calendar): string {
  if (wall) return `--zone names it, now ${zone}`;
  const clock = "a broker's clock written as if UTC needs --zone, such as Europe/Athens, and --wall";
  const utc = `days or bars that end at midnight UTC need --calendar ${calendar.name}@UTC`;
  return calendar.zone === "UTC" || calendar.name.includes("@") ? clock : `${utc}; ${clock}`;
}
