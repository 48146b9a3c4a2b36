import { heldGroups, readGroups, type ReadGroup } from "../../src/lib/adapters/folder/read-groups.ts";
import { storeCandles } from "../../src/lib/adapters/folder/store-candles.ts";
import type { ReadCandlesOptions } from "../../src/lib/adapters/files/read-candles.ts";
import type { FindingKind } from "../../src/lib/candles/finding.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import { calendarByName } from "../../src/lib/time/calendars.ts";
import { iso } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import type { FileOrigin, Job, SeriesRef, SeriesSpec } from "../job.ts";
import { readJob } from "../job-folder.ts";
import { reading, writing } from "../memory-access.ts";
import { ingestExchange } from "./ingest-exchange.ts";

/** What became of the candles of one series. */
export interface Ingested {
  readonly key: SeriesKey;
  readonly added: number;
  readonly corrected: number;
  readonly unchanged: number;
  /** Findings about the data, by number. */
  readonly findings: number;
  /** Bars that are missing while the market was open. */
  readonly missing: number;
}

/** Candles of one series of a job into the truth; again, or late, it changes nothing. */
export async function ingestSeries(ref: SeriesRef, tools: TaskTools): Promise<Ingested> {
  const job = readJob(ref);
  const spec = job.series[ref.series]!;
  const done = await ingestFrom(spec, job, ref.memory, tools).catch((error: unknown) => {
    throw whereOld(error, ref, job.now, tools.now());
  });
  tools.count("candles", done.added + done.corrected, { symbol: spec.symbol });
  return done;
}

/** Facts that cannot arrive as of a job that was begun before others did: its clock is right, it is the job that is old. */
function whereOld(error: unknown, { job }: SeriesRef, jobNow: number, now: number): unknown {
  if (!(error instanceof RhymeError) || error.kind !== "time" || jobNow >= now) return error;
  return new RhymeError("time", {
    ...error.fields,
    place: `${error.fields.place}, the job ${job}`,
    received: `${error.fields.received}: it takes in candles as of ${iso(jobNow)}`,
    remedy: "Start the same command again: it then takes them in as of then. Nothing of them was stored.",
  });
}

async function ingestFrom(spec: SeriesSpec, job: Job, memory: string, tools: TaskTools): Promise<Ingested> {
  const { origin } = spec;
  switch (origin.kind) {
    case "files":
      return ingestFiles(spec, origin, job, memory, tools);
    case "held":
      return reading(memory, (folder) =>
        held(heldGroups(folder, { symbol: spec.symbol, timeframes: [spec.timeframe] })[0]!),
      );
    case "exchange":
      return ingestExchange(spec, origin, job, memory, tools);
  }
}

async function ingestFiles(
  { symbol, timeframe }: SeriesSpec,
  { files, reading: said, strict }: FileOrigin,
  { kind, now, tenant, given }: Job,
  memory: string,
  tools: TaskTools,
): Promise<Ingested> {
  const { signal } = tools;
  const command = kind === "ingest" ? "import" : "backfill";
  const how: ReadCandlesOptions = { ...readingOf(said), symbol, now, signal };
  const groups = await readGroups(files, { reading: () => how, strict, symbol, timeframes: [timeframe] });
  const group = groups[0]!;
  assertTimeframe(group, timeframe, files[0]!);
  tools.progress({ read: group.read.rowsRead });
  const { candles } = await writing(memory, tools, (folder) =>
    storeCandles(folder, group, { now, tenant, given, reading: () => how, command }),
  );
  return {
    ...held(group),
    ...{ added: candles.added, corrected: candles.corrected, unchanged: candles.unchanged },
  };
}

function held({ key, read }: ReadGroup): Ingested {
  const missing = read.ledger.known.reduce((sum, known) => sum + 1 - known, 0);
  return { key, added: 0, corrected: 0, unchanged: 0, findings: read.findings.length, missing };
}

function assertTimeframe({ key }: ReadGroup, timeframe: string, file: string): void {
  if (key.timeframe === timeframe) return;
  throw new RhymeError("input", {
    place: file,
    expected: `${timeframe} candles, as the other series of the job`,
    received: key.timeframe,
    remedy: "Start a job of its own for files of another timeframe.",
  });
}

export function readingOf({
  calendar,
  repair,
  ...rest
}: FileOrigin["reading"]): Omit<ReadCandlesOptions, "now"> {
  return {
    ...rest,
    ...(calendar === undefined ? {} : { calendar: calendarByName(calendar) }),
    ...(repair === undefined ? {} : { repair: repair as readonly FindingKind[] }),
  };
}
