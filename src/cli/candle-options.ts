import { Option, type Command } from "commander";
import { SKIP } from "../lib/adapters/files/columns.ts";
import { nameOfFile, type ReadCandlesOptions } from "../lib/adapters/files/read-candles.ts";
import type { FindingKind } from "../lib/candles/finding.ts";
import { REPAIRABLE_KINDS, repairsNamed } from "../lib/candles/repairs.ts";
import { RhymeError } from "../lib/errors.ts";
import { calendarByName, CALENDAR_NAMES } from "../lib/time/calendars.ts";
import { interruptSignal } from "./interrupt.ts";

/** How candle files are to be read; shared by every command that takes some. */
export interface CandleOptions {
  readonly symbol?: string;
  readonly calendar?: string;
  readonly zone?: string;
  readonly wall?: boolean;
  readonly stamp?: "open" | "close";
  readonly scale?: Scale;
  readonly ask?: readonly string[];
  readonly columns?: readonly string[];
  readonly dates?: "dmy" | "mdy";
  readonly decimal?: "point" | "comma";
  readonly repair?: readonly FindingKind[];
  readonly strict?: boolean;
  readonly timeframe?: string;
  readonly source?: string;
}

/** What prices are divided by: for all symbols, and for those that differ. */
export interface Scale {
  readonly all: number | null;
  readonly of: Readonly<Record<string, number>>;
}

export function addCandleOptions(command: Command): Command {
  return command
    .option("--calendar <name>", `${CALENDAR_NAMES.join(", ")}, or NAME@ZONE (default: 24x7)`)
    .option("--zone <name>", "zone of times without one (default: the calendar's)")
    .option("--wall", "numeric timestamps are the clock of --zone, written as if UTC")
    .addOption(
      new Option("--stamp <which>", "what a timestamp names (default: open)").choices(["open", "close"]),
    )
    .option("--scale <number>", "prices are divided by it; of some symbols 100000,EURJPY=1000", scaleOf)
    .option(
      "--ask <file>",
      "ask side of the files, may be repeated",
      (file, files: string[]) => [...files, file],
      [],
    )
    .option("--columns <list>", "names of the columns in their order, - for one to leave out", columnsOf)
    .addOption(new Option("--dates <order>", "of day, month and year").choices(["dmy", "mdy"]))
    .addOption(new Option("--decimal <mark>", "of prices in text").choices(["point", "comma"]))
    .option("--repair <kinds>", REPAIRABLE_KINDS.join(", "), repairsOf)
    .option("--strict", "refuse data with errors, naming the first")
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
      remedy: `Write for example ${place} ${Math.max(10, least)}`,
    });
  };
}

/** `100000`, or `100000,EURJPY=1000` where some symbols differ. */
function scaleOf(text: string): Scale {
  const number = numberOf("--scale");
  const of: Record<string, number> = {};
  let all: number | null = null;
  for (const item of listOf("--scale")(text)) {
    const at = item.lastIndexOf("=");
    if (at > 0) of[item.slice(0, at)] = number(item.slice(at + 1));
    else all = number(item);
  }
  return { all, of };
}

function repairsOf(text: string): readonly FindingKind[] {
  return [...repairsNamed(listOf("--repair")(text))];
}

/** Column names as they are typed; unlike in other lists, one may stand there twice. */
function columnsOf(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim() || SKIP);
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

/** How a file is read; of several symbols its name tells which scale is its own. */
export function readingOptions(options: CandleOptions, file = ""): ReadCandlesOptions {
  const { symbol, calendar, zone, wall, stamp, ask, columns, dates, decimal, timeframe, source } = options;
  const { repair, scale: wanted } = options;
  const scale = wanted?.of[symbol ?? nameOfFile(file).symbol] ?? wanted?.all ?? undefined;
  return {
    now: Date.now(),
    signal: interruptSignal(),
    ...(symbol === undefined ? {} : { symbol }),
    ...(calendar === undefined ? {} : { calendar: calendarByName(calendar) }),
    ...(zone === undefined ? {} : { zone }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(scale === undefined ? {} : { scale }),
    ...(wall ? { wall } : {}),
    ...(ask && ask.length > 0 ? { ask } : {}),
    ...(columns === undefined ? {} : { columns }),
    ...(dates === undefined ? {} : { dates }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(repair === undefined ? {} : { repair }),
    ...(timeframe === undefined ? {} : { timeframe }),
    ...(source === undefined ? {} : { source }),
  };
}
