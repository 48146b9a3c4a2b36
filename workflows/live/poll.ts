import { fileDigest } from "../../src/lib/adapters/files/file-digest.ts";
import type { ConnectOptions } from "../../src/lib/adapters/exchange/exchange-connection.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import type { WriteReport } from "../../src/lib/candles/candle-store.ts";
import { seriesName } from "../../src/lib/memory/names.ts";
import type { TaskTools } from "../compute/task.ts";
import { fetchSeries } from "../ingest/ingest-exchange.ts";
import { readingOf } from "../ingest/tasks.ts";
import type { ExchangeOrigin, FolderOrigin, LiveJob, SeriesRef } from "../job.ts";
import { Writer } from "../memory-access.ts";
import { FolderNews, type FileNews } from "../../src/lib/adapters/folder/folder-news.ts";
import { keyOf, liveJob } from "./moments.ts";
import { withoutSaidBefore } from "./said-before.ts";

/** What came of a look at the source of a series. */
export interface Polled {
  /** Candles behind the newest one. */
  readonly added: number;
  /** Late bars and corrections: known from now on. */
  readonly late: number;
}

/** New candles of a series into the truth; nothing is embedded. Again, or late, it changes nothing. */
export async function pollSource(ref: SeriesRef, tools: TaskTools): Promise<Polled> {
  const job = liveJob(ref);
  const key = keyOf(job, ref);
  const { origin } = job.series[ref.series]!;
  const { added, late, corrected } = await pollFrom(origin, key, { job, ref, tools });
  tools.count("candles", added + late + corrected, { symbol: key.symbol });
  return { added, late: late + corrected };
}

type Counts = Omit<WriteReport, "unchanged">;

interface Polling {
  readonly job: LiveJob;
  readonly ref: SeriesRef;
  readonly tools: TaskTools;
}

function pollFrom(origin: LiveJob["series"][number]["origin"], key: SeriesKey, at: Polling): Promise<Counts> {
  switch (origin.kind) {
    case "held":
      return Promise.resolve({ added: 0, late: 0, corrected: 0 });
    case "exchange":
      return fromExchange(origin, key, at);
    case "folder":
      return fromFolder(origin, key, at);
  }
}

const seen = new Map<string, FolderNews>();

/** Every file is news again: what a thread that ends does by itself. */
export function forgetFiles(): void {
  seen.clear();
}

async function fromFolder(
  { folder, reading }: FolderOrigin,
  key: SeriesKey,
  { job, ref, tools }: Polling,
): Promise<Counts> {
  const name = JSON.stringify([ref.memory, folder, seriesName(key)]);
  const news = seen.get(name) ?? new FolderNews();
  seen.set(name, news);
  const total = { added: 0, late: 0, corrected: 0 };
  const writer = new Writer(ref.memory, tools);
  const how = { ...readingOf(reading), source: key.source, now: tools.now(), signal: tools.signal };
  try {
    for await (const one of news.look(folder, key.symbol, key.timeframe, how)) {
      const report = await store(writer, one, key, job, tools.now());
      for (const what of ["added", "late", "corrected"] as const) total[what] += report[what];
      one.stored();
      tools.progress({ file: one.file });
    }
  } finally {
    writer.close();
  }
  return total;
}

/** In the log stands a file only where it brought something. */
async function store(
  writer: Writer,
  { file, series, findings, isFirst }: FileNews,
  { source, symbol, timeframe }: SeriesKey,
  { given }: LiveJob,
  now: number,
): Promise<WriteReport> {
  const digest = await fileDigest(file);
  return writer.use((folder) =>
    folder.atomically(() => {
      const news = isFirst ? withoutSaidBefore(folder.candles, series) : series;
      const report = folder.candles.write(news, now);
      if (report.added + report.late + report.corrected > 0)
        folder.ingests.add({
          ...{ source, symbol, timeframe, at: now, command: "live", tenant: null, files: [digest] },
          ...{
            options: given,
            assumptions: [],
            findings: findings > 0 ? { rows: findings } : {},
            repairs: {},
          },
          candles: { ...report },
        });
      return report;
    }),
  );
}

/** From the newest stored candle on: what lies before it is a backfill's, and would come late here. */
async function fromExchange(
  origin: ExchangeOrigin,
  key: SeriesKey,
  { job, ref, tools }: Polling,
): Promise<Counts> {
  const when = { now: tools.now(), given: job.given };
  const { candles } = await fetchSeries(
    key,
    { ...origin, from: null, to: null },
    when,
    ref.memory,
    tools,
    SOON,
  );
  return candles;
}

/** A candle is news for minutes only: who fails twice, or wants to be left alone for long, is asked at the next look. */
const SOON: ConnectOptions = { tries: 2, deadlineMs: 10_000, longestWaitMs: 30_000 };
