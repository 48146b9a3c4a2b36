import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { keepJob } from "../../../workflows/job-folder.ts";
import type { JobRef, LiveJob, LiveSeriesSpec } from "../../../workflows/job.ts";
import { readableHoldings } from "../../lib/adapters/folder/tenant-holdings.ts";
import type { SeriesHolding } from "../../lib/adapters/sqlite/summary.ts";
import { RhymeError } from "../../lib/errors.ts";
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
 * come from.
 * @throws RhymeError "usage" where it cannot be meant
 */
export async function keepLive(
  options: LiveJobOptions,
  { index, now }: { readonly index: string | null; readonly now: EpochMs },
): Promise<KeptLive> {
  const { memory, tenant, horizon, k, every, patience } = options;
  const held = await withMemory(memory, async (folder) =>
    heldSeries(readableHoldings(folder, options), options),
  );
  const { encoder } = held[0]!;
  const series = held.map((one) => ({ ...keyOf(one), origin: originOf(one, options) }));
  const ref = keepJob<LiveJob>(
    memory,
    {
      ...{ kind: "live", tenant, series, encoder, index, horizons: Object.keys(held[0]!.contexts).sort() },
      ...{ ask: { horizon, k }, everyMs: every * 1_000, patienceMs: patience * 1_000 },
      ...{ given: { from: options.from, exchange: options.exchange }, calendars: loadedCalendars() },
    },
    now,
  );
  return { ref, series };
}

function keyOf({ source, symbol, timeframe }: SeriesHolding): Omit<LiveSeriesSpec, "origin"> {
  return { source, symbol, timeframe };
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
