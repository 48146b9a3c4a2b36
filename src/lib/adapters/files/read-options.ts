import type { FindingKind } from "../../candles/finding.ts";
import type { StampConvention } from "../../candles/place-stamps.ts";
import { RhymeError } from "../../errors.ts";
import type { Calendar } from "../../time/calendar.ts";
import { parseTimeframe, type Timeframe } from "../../time/timeframe.ts";
import type { DurationMs, EpochMs } from "../../time/units.ts";
import { assertZone, type ZoneName } from "../../time/zone.ts";
import type { DecimalMark } from "./decimal.ts";
import type { DateOrder } from "./text-times.ts";

export interface ReadCandlesOptions {
  /** Who said so; default "file". */
  readonly source?: string;
  /** Default: from the name of the first file. */
  readonly symbol?: string;
  /** Default: the commonest step between stamps. */
  readonly timeframe?: Timeframe;
  /** Default 24x7. */
  readonly calendar?: Calendar;
  /** Where times without a zone are at home; default the zone of the calendar. */
  readonly zone?: ZoneName;
  /** Timestamps that read as UTC are the wall clock of `zone`, written as if it were UTC. */
  readonly wall?: boolean;
  /** Whether stamps name the open (default) or the close of a bar. */
  readonly stamp?: StampConvention;
  /** Prices are divided by it; default 1. */
  readonly scale?: number;
  /** What the columns of text files are called, in their order (`-` leaves one out); default: the header says. */
  readonly columns?: readonly string[];
  /** How dates are written whose year stands last; default: the column tells. */
  readonly dates?: DateOrder;
  /** How text writes fractions; default: the prices tell. */
  readonly decimal?: DecimalMark;
  /**
   * Files of the ask side; the others are the bid side. Prices become the middle of both and `spread` the ask minus
   * the bid at the close. Of several symbols each takes the ask files whose names tell it.
   */
  readonly ask?: readonly string[];
  /** Kinds of defects whose rows are repaired by their rule instead of dropped; default none. */
  readonly repair?: readonly FindingKind[];
  /** How long after its close the source publishes a bar; default 0. */
  readonly lagMs?: DurationMs;
  /** Bars that are not known by now are still forming. */
  readonly now: EpochMs;
  readonly signal?: AbortSignal;
}

export function usageError(place: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("usage", { place, expected, received, remedy });
}

/** @throws RhymeError "usage" naming the option that cannot be meant */
export function checkOptions({ zone, wall, scale, timeframe, lagMs }: ReadCandlesOptions): void {
  if (zone !== undefined) assertZone(zone);
  if (timeframe !== undefined) parseTimeframe(timeframe);
  if (wall && (zone === undefined || zone === "UTC")) {
    const remedy = "Name the clock, for example --zone Europe/Athens --wall";
    throw usageError("--wall", "a --zone whose clock the timestamps show", zone ?? "none", remedy);
  }
  if (scale !== undefined && !(scale > 0 && scale < Infinity)) {
    const remedy = "Give for example 100000 for prices in points";
    throw usageError("scale", "a positive number", String(scale), remedy);
  }
  if (lagMs !== undefined && !(Number.isInteger(lagMs) && lagMs >= 0)) {
    const remedy = "Give the delay of the source, or leave it out";
    throw usageError("lag", "whole milliseconds ≥ 0", String(lagMs), remedy);
  }
}
