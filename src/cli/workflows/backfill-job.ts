import { existsSync } from "node:fs";
import path from "node:path";
import { RhymeError } from "../../lib/errors.ts";
import { checkTenant } from "../../lib/memory/names.ts";
import { defaultHorizons } from "../../lib/remember/default-horizons.ts";
import { horizonBars } from "../../lib/time/horizon.ts";
import { sortTimeframes } from "../../lib/time/timeframe.ts";
import type { EpochMs } from "../../lib/time/units.ts";
import { keepJob } from "../../../workflows/job-folder.ts";
import type { BackfillJob, IngestJob, JobRef } from "../../../workflows/job.ts";
import { parseInstant } from "../instant.ts";
import { loadedCalendars } from "../load-calendars.ts";
import { findSeries, givenOf, type OriginOptions } from "./job-series.ts";

export interface BackfillOptions extends OriginOptions {
  readonly tenant: string;
  readonly horizons?: readonly string[];
  readonly encoder?: string;
  readonly fitUntil?: string;
  readonly features?: string;
  readonly chunk: number;
}

/**
 * Keeps the job that a command line describes in its memory: everything that a default stands for is settled here, so
 * that whoever runs it needs nothing but the memory and the files.
 * @throws RhymeError where it cannot be meant
 */
export async function keepBackfill(
  files: readonly string[],
  options: BackfillOptions,
  { index, now }: { readonly index: string | null; readonly now: EpochMs },
): Promise<JobRef> {
  checkTenant(options.tenant);
  const { timeframe, calendar, series } = await findSeries(files, options, now);
  const timeframes = sortTimeframes(options.timeframes ?? [timeframe]);
  const horizons = options.horizons ?? defaultHorizons(timeframe, calendar);
  for (const horizon of horizons) horizonBars(horizon, timeframe, calendar);
  const { encoder, fitUntil, features, tenant, chunk } = options;
  return keepJob<BackfillJob>(
    options.memory,
    {
      ...{ kind: "backfill", tenant, series, timeframes, horizons, index, chunk, backend: "arrays" },
      wish: {
        encoder: encoder === undefined ? null : existsSync(encoder) ? path.resolve(encoder) : encoder,
        fitUntil: fitUntil === undefined ? null : parseInstant(fitUntil, calendar, "--fit-until"),
        features: features ?? null,
      },
      given: givenOf(options),
      calendars: loadedCalendars(),
    },
    now,
  );
}

/** Keeps a job that takes candles in and does nothing else with them. @throws RhymeError where it cannot be meant */
export async function keepIngest(
  files: readonly string[],
  options: OriginOptions,
  now: EpochMs,
): Promise<JobRef> {
  if (files.length === 0 && options.from === undefined)
    throw new RhymeError("usage", {
      place: "--from",
      expected: "files, a folder of them, or an exchange",
      received: "nothing",
      remedy: "Give for example --from ./candles",
    });
  const { series } = await findSeries(files, options, now);
  const given = givenOf(options);
  return keepJob<IngestJob>(
    options.memory,
    { kind: "ingest", tenant: "default", series, given, calendars: loadedCalendars() },
    now,
  );
}
