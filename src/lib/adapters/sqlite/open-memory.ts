import { join, resolve } from "node:path";
import type { SeriesKey } from "../../candles/candle-series.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import type { Memory, VerifyReport } from "../../memory/memory.ts";
import { answerLog, type AnswerLog } from "./answer-log.ts";
import { encoderShelf, type EncoderShelf } from "./encoder-shelf.ts";
import { forget, type Forgotten } from "./forget.ts";
import { ENCODER_FOLDER, openStore, type OpenOptions } from "./open-store.ts";
import { recordShelf, type RecordShelf } from "./record-shelf.ts";
import { sqliteCandles } from "./sqlite-candles.ts";
import { sqliteMemory } from "./sqlite-memory.ts";
import { holdings, summarise, type FolderSummary, type SeriesHolding } from "./summary.ts";
import { verifyFolder, type VerifyOptions } from "./verify-folder.ts";

/** A memory on disk: `rhyme.sqlite`, the truth, and `encoders/`. */
export interface MemoryFolder {
  readonly path: string;
  readonly mode: OpenOptions["mode"];
  /** Candle facts, shared by all tenants. */
  readonly candles: CandleStore;
  /** What a tenant has seen through an encoder; empty where it has seen nothing. */
  memory(tenant: string, encoder: { readonly version: string; readonly dim: number }): Memory;
  readonly encoders: EncoderShelf;
  readonly records: RecordShelf;
  readonly answers: AnswerLog;
  /** Which series are remembered, by whom and through which encoder. */
  holdings(tenant?: string): readonly SeriesHolding[];
  summary(): FolderSummary;
  verify(options?: VerifyOptions): VerifyReport;
  forget(what: { readonly tenant: string } | { readonly series: SeriesKey }): Forgotten;
  close(): void;
}

/**
 * Opens the memory folder at `path`. In mode `write` it is begun where there is none, and a second writer waits
 * `deadlineMs` (default 10 s), blocking, before it is refused; readers never wait.
 * @throws RhymeError "store" for anything that is not a whole memory of this format, or cannot be used
 * @example
 * const folder = openMemoryFolder("./m", { mode: "read" });
 * const memory = folder.memory("default", { version: "v1", dim: 64 });
 */
export function openMemoryFolder(path: string, options: OpenOptions): MemoryFolder {
  const { store, release } = openStore(path, options);
  const candles = sqliteCandles(store);
  const encoders = encoderShelf(store, join(resolve(path), ENCODER_FOLDER));
  return {
    path,
    mode: options.mode,
    candles,
    memory: (tenant, { version, dim }) => sqliteMemory(store, { tenant, encoderVersion: version, dim }),
    encoders,
    records: recordShelf(store),
    answers: answerLog(store),
    holdings: (tenant) => holdings(store, tenant),
    summary: () =>
      store.snapshot(() => summarise(store, path, { series: candles.list(), encoders: encoders.list() })),
    verify: (wanted) => verifyFolder(store, encoders, wanted),
    forget: (what) => forget(store, what),
    close: release,
  };
}
