import { Option, type Command } from "commander";
import type { ReadCandlesOptions } from "../lib/adapters/files/read-candles.ts";
import { RhymeError } from "../lib/errors.ts";
import { calendarByName, CALENDAR_NAMES } from "../lib/time/calendars.ts";
import { interruptSignal } from "./interrupt.ts";

/** How candle files are to be read; shared by every command that takes some. */
export interface CandleOptions {
  readonly symbol?: string;
  readonly calendar?: string;
  readonly zone?: string;
  readonly stamp?: "open" | "close";
  readonly scale?: number;
  readonly timeframe?: string;
  readonly source?: string;
}

export function addCandleOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--calendar <name>", "when the market is open (default: 24x7)").choices([...CALENDAR_NAMES]),
    )
    .option("--zone <name>", "IANA zone of times without one (default: the calendar's)")
    .addOption(
      new Option("--stamp <which>", "what a timestamp names (default: open)").choices(["open", "close"]),
    )
    .option("--scale <number>", "prices are divided by it", numberOf("--scale"))
    .option("--source <name>", "who published the candles", "file");
}

/** Reads an option's number, so that an error shows what was typed. */
export function numberOf(place: string, least = 0): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (value >= least && value < Infinity) return value;
    throw new RhymeError("usage", {
      place,
      expected: least === 0 ? "a number" : `a number from ${least} on`,
      received: JSON.stringify(text),
      remedy: `Write for example ${place} 10`,
    });
  };
}

/** A list as it is typed: `5m,30m,1h`. */
export function listOf(place: string): (text: string) => readonly string[] {
  return (text) => {
    const items = text.split(",").map((item) => item.trim());
    if (items.every((item) => item !== "")) return [...new Set(items)];
    throw new RhymeError("usage", {
      place,
      expected: "names separated by commas",
      received: JSON.stringify(text),
      remedy: `Write for example ${place} a,b,c`,
    });
  };
}

export function readingOptions(options: CandleOptions): ReadCandlesOptions {
  const { symbol, calendar, zone, stamp, scale, timeframe, source } = options;
  return {
    now: Date.now(),
    signal: interruptSignal(),
    ...(symbol === undefined ? {} : { symbol }),
    ...(calendar === undefined ? {} : { calendar: calendarByName(calendar) }),
    ...(zone === undefined ? {} : { zone }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(scale === undefined ? {} : { scale }),
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(source === undefined ? {} : { source }),
  };
}
