import { openMemoryFolder, type MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { anchorAt } from "../lib/candles/anchor-at.ts";
import type { CandleSeries, SeriesKey } from "../lib/candles/candle-series.ts";
import type { Encoder } from "../lib/encoder/encoder.ts";
import { resolveHolding, type Wanted } from "../lib/memory/resolve.ts";
import type { Answer } from "../lib/recall/answer.ts";
import type { AmongNames } from "../lib/recall/question.ts";
import { recall } from "../lib/recall/recall.ts";
import type { RecallRecord } from "../lib/recall/record-type.ts";
import { parseInstant } from "./instant.ts";
import { heldEncoder } from "./remember-files.ts";

export interface AskOptions extends Wanted {
  readonly memory: string;
  readonly tenant: string;
  readonly at?: string | undefined;
  readonly horizon: string;
  readonly k: number;
  readonly among: AmongNames;
}

/** An answer with what its page needs. */
export interface Asked {
  readonly answer: Answer;
  readonly candles: CandleSeries;
  readonly encoder: Encoder;
  readonly record: RecallRecord | null;
}

/** One question to a memory folder that is open already; many may follow each other. */
export async function askFolder(folder: MemoryFolder, options: AskOptions): Promise<Asked> {
  const { tenant, horizon, k, among } = options;
  const { source, symbol, timeframe, encoder: version } = resolveHolding(folder.holdings(tenant), options);
  const key: SeriesKey = { source, symbol, timeframe };
  const candles = folder.candles.read(key);
  const at =
    options.at === undefined ? candles.knownAt.at(-1)! : parseInstant(options.at, candles.calendar, "--at");
  const row = anchorAt(candles, at);
  const encoder = heldEncoder(folder, version);
  const text = folder.records.get({ tenant, series: key, encoderVersion: version, horizon });
  const record = text === null ? null : (JSON.parse(text) as RecallRecord);
  const question = { tenant, ...key, at: candles.knownAt[row]!, horizon, k, among, encoder };
  const answer = await recall(folder.memory(tenant, encoder), question, record);
  return { answer, candles, encoder, record };
}

/** How times and spans are told to people: on the market's clock, and as trading days where it closes. */
export function naming({ calendar }: CandleSeries): { readonly zone: string; readonly sessions: boolean } {
  return { zone: calendar.zone, sessions: calendar.name !== "24x7" };
}

/** Opens a memory for reading, whatever a writer does meanwhile. */
export async function withMemory<T>(path: string, work: (folder: MemoryFolder) => Promise<T>): Promise<T> {
  const folder = openMemoryFolder(path, { mode: "read" });
  try {
    return await work(folder);
  } finally {
    folder.close();
  }
}

/** Adds answers to the prediction log; false where another process is writing and the log has to do without. */
export function logAnswers(path: string, answers: readonly Answer[], now: number): boolean {
  let folder: MemoryFolder;
  try {
    folder = openMemoryFolder(path, { mode: "write", deadlineMs: 200 });
  } catch {
    return false; // a question is answered all the same: the log is a by-product
  }
  try {
    for (const answer of answers) folder.answers.put(answer, now);
    return true;
  } finally {
    folder.close();
  }
}
