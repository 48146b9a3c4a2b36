import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { keepJob, type Wanted } from "../../../workflows/job-folder.ts";
import type { JobRef, LiveJob, LiveSeriesSpec } from "../../../workflows/job.ts";
import { differencesOf, followAgain, followedIn } from "../../../workflows/live/followed.ts";
import { readableHoldings } from "../../lib/adapters/folder/tenant-holdings.ts";
import type { SeriesHolding } from "../../lib/adapters/sqlite/summary.ts";
import { keyOf } from "../../lib/candles/candle-series.ts";
import { RhymeError } from "../../lib/errors.ts";
import { DEFAULT_CHANNEL, seriesName } from "../../lib/memory/names.ts";
import type { EpochMs } from "../../lib/time/units.ts";
import { withMemory } from "../ask-memory.ts";
import { loadedCalendars } from "../load-calendars.ts";

export interface LiveJobOptions {
  readonly memory: string;
  readonly tenant: string;
  readonly symbols?: readonly string[];
  readonly timeframe?: string;
  readonly encoder?: string;
  /** A folder of candle files that grow. */
  readonly from?: string;
  /** An exchange, as ccxt names it. */
  readonly exchange?: string;
  readonly baseUrl?: string;
  readonly horizon: string;
  readonly k: number;
  /** Seconds between two looks. */
  readonly every: number;
  /** Seconds that an answer waits for the other series. */
  readonly patience: number;
}

/** A job, and the series in it. */
export interface KeptLive {
  readonly ref: JobRef;
  readonly series: readonly LiveSeriesSpec[];
}

/**
 * Keeps the job that a command line describes in its memory: the series that are remembered, and where their candles
 * come from. The same one that is kept already is gone on with.
 * @throws RhymeError "usage" where it cannot be meant, or another job follows a series of it
 */
export async function keepLive(
  options: LiveJobOptions,
  {
    index,
    now,
    local = false,
  }: { readonly index: string | null; readonly now: EpochMs; readonly local?: boolean },
): Promise<KeptLive> {
  const { memory, tenant, horizon, k, every, patience } = options;
  const held = await withMemory(memory, async (folder) =>
    heldSeries(readableHoldings(folder, options), options),
  );
  const series = held.map((one) => ({ ...keyOf(one), origin: originOf(one, options) }));
  const wanted: Wanted<LiveJob> = {
    ...{ kind: "live", tenant, series, index, horizons: Object.keys(held[0]!.contexts).sort() },
    ...{ encoder: held[0]!.encoder, ...(options.encoder === undefined ? { channel: DEFAULT_CHANNEL } : {}) },
    ...{ ask: { horizon, k }, everyMs: every * 1_000, patienceMs: patience * 1_000 },
    ...{ given: { from: options.from, exchange: options.exchange }, calendars: loadedCalendars() },
    ...(local ? { local } : {}),
  };
  const ref = followedBy(path.resolve(memory), wanted) ?? keepJob<LiveJob>(memory, wanted, now);
  followAgain(ref);
  return { ref, series };
}

/**
 * The job that follows the same already; null: none does.
 * @throws RhymeError "usage" where one follows a series of it otherwise
 */
function followedBy(memory: string, wanted: Wanted<LiveJob>): JobRef | null {
  const mine = new Set(wanted.series.map(seriesName));
  let same: JobRef | null = null;
  for (const { ref, job, series } of followedIn(memory, wanted.tenant)) {
    if (!mine.has(seriesName(series))) continue;
    const differences = wanted.local ? ["who follows it"] : differencesOf(wanted, job);
    if (differences.length > 0) throw alreadyFollowed(ref, series, differences);
    same = { memory: ref.memory, job: ref.job };
  }
  return same;
}

function alreadyFollowed(
  { job, memory }: JobRef,
  series: LiveSeriesSpec,
  differences: readonly string[],
): RhymeError {
  return new RhymeError("usage", {
    place: seriesName(series),
    expected: "a series that no other job follows",
    received: `already followed by ${job}: another ${differences.join(", another ")}`,
    remedy: `./rhyme stop live --memory ${memory} --symbols ${series.symbol} ends that; or leave it out with --symbols.`,
  });
}

/** Of one encoder: its moments answer each other. */
function heldSeries(
  all: readonly SeriesHolding[],
  { symbols, timeframe, horizon, memory }: LiveJobOptions,
): readonly SeriesHolding[] {
  const held = all.filter(
    (one) =>
      (symbols === undefined || symbols.includes(one.symbol)) &&
      (timeframe === undefined || one.timeframe === timeframe) &&
      Object.hasOwn(one.contexts, horizon),
  );
  const kinds = new Set(held.map((one) => `${one.timeframe} through ${one.encoder}`));
  const missing = (symbols ?? []).filter((symbol) => !held.some((one) => one.symbol === symbol));
  if (kinds.size === 1 && missing.length === 0) return held;
  throw new RhymeError("usage", {
    place: memory,
    expected: `remembered series${symbols ? ` ${symbols.join(", ")}` : ""} of one timeframe and encoder, with horizon ${horizon}`,
    received: missing.length > 0 ? `none of ${missing.join(", ")}` : [...kinds].join(", ") || "none",
    remedy: "Remember them first; choose with --symbols, --timeframe, --encoder and --horizon.",
  });
}

function originOf(
  { source }: SeriesHolding,
  { from, exchange, baseUrl }: LiveJobOptions,
): LiveSeriesSpec["origin"] {
  if (from !== undefined && exchange !== undefined)
    throw new RhymeError("usage", {
      place: "--from and --exchange",
      expected: "one place where candles come from",
      received: "two",
      remedy: "Leave one of them out.",
    });
  if (exchange !== undefined)
    return { kind: "exchange", exchange, from: 0, to: null, address: baseUrl ?? null };
  if (from === undefined) return { kind: "held", source };
  if (existsSync(from) && statSync(from).isDirectory())
    return { kind: "folder", folder: path.resolve(from), reading: { source } };
  throw new RhymeError("usage", {
    place: `--from ${from}`,
    expected: "a folder, in which candle files grow",
    received: existsSync(from) ? "a file" : "nothing",
    remedy: "Name the folder that the files are in.",
  });
}
