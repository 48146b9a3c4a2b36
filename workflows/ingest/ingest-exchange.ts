import {
  connectExchange,
  type ConnectOptions,
  type ExchangeConnection,
} from "../../src/lib/adapters/exchange/exchange-connection.ts";
import { exchangeSource } from "../../src/lib/adapters/exchange/exchange-source.ts";
import { SourceFailure } from "../../src/lib/adapters/exchange/source-failure.ts";
import { fetchCandles, type Fetched } from "../../src/lib/adapters/folder/fetch-candles.ts";
import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { gapLedger } from "../../src/lib/candles/gap-ledger.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import { HOUR, SECOND } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import type { ExchangeOrigin, JobBase, SeriesSpec } from "../job.ts";
import { reading, writing } from "../memory-access.ts";
import type { Ingested } from "./tasks.ts";

/** An exchange that wants to be left alone for longer is not waited for. */
const LONGEST_WAIT_MS = HOUR;

/** Heartbeats flow meanwhile; what goes on failing is the conductor's to try again. */
const PATIENCE: ConnectOptions = { deadlineMs: 15 * SECOND, tries: 3, longestWaitMs: LONGEST_WAIT_MS };

/** Of this thread, by name and address: a list of markets is megabytes long. */
const connections = new Map<string, Promise<ExchangeConnection>>();

/** Closed candles of an exchange into the truth; again, or late, it changes nothing. */
export async function ingestExchange(
  { symbol, timeframe }: SeriesSpec,
  origin: ExchangeOrigin,
  job: JobBase,
  memory: string,
  tools: TaskTools,
  patience: ConnectOptions = PATIENCE,
): Promise<Ingested> {
  const key = { source: origin.exchange, symbol, timeframe };
  const { candles, findings } = await fetchSeries(key, origin, job, memory, tools, patience);
  const span = {
    asOf: Infinity,
    ...(origin.from === null ? {} : { from: origin.from }),
    ...(origin.to === null ? {} : { to: origin.to }),
  };
  const { known } = await reading(memory, (folder) => gapLedger(folder.candles.read(key, span)));
  return {
    ...{
      key,
      added: candles.added + candles.late,
      corrected: candles.corrected,
      unchanged: candles.unchanged,
    },
    findings: Object.values(findings).reduce((sum, count) => sum + count, 0),
    missing: known.reduce((sum, bar) => sum + 1 - bar, 0),
  };
}

/**
 * What an exchange has that the memory lacks, up to the job's `now`.
 * @throws RhymeError "source" where a later attempt may succeed, "input" where none will
 */
export async function fetchSeries(
  key: SeriesKey,
  origin: ExchangeOrigin,
  { now, given }: Pick<JobBase, "now" | "given">,
  memory: string,
  tools: TaskTools,
  patience: ConnectOptions = PATIENCE,
): Promise<Fetched> {
  const { signal } = tools;
  try {
    const connection = await connected(origin, patience);
    return await fetchCandles({
      ...{ memory, key, market: key.symbol, now, given, signal },
      ...{ from: origin.from, to: origin.to ?? Infinity, again: false },
      source: exchangeSource(connection, { now, source: key.source }),
      write: (work) => writing(memory, tools, work),
      onProgress: ({ done, total, note = "" }) => tools.progress({ done, total, at: note }),
    });
  } catch (error) {
    throw finalWhereBanned(error);
  }
}

function connected(
  { exchange, address }: Pick<ExchangeOrigin, "exchange" | "address">,
  patience: ConnectOptions,
): Promise<ExchangeConnection> {
  const name = `${exchange} ${address ?? ""}`;
  const known = connections.get(name);
  if (known) return known;
  const made = connectExchange(exchange, { ...patience, ...(address === null ? {} : { baseUrl: address }) });
  connections.set(name, made);
  made.catch(() => connections.delete(name));
  return made;
}

/** An exchange that wants to be left alone for hours would take every retry for an affront. */
function finalWhereBanned(error: unknown): unknown {
  if (!(error instanceof SourceFailure) || (error.retryAfterMs ?? 0) <= LONGEST_WAIT_MS) return error;
  return new RhymeError("input", error.fields);
}
