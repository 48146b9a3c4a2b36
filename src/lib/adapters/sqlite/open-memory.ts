import { join, resolve } from "node:path";
import type { EpochMs } from "../../time/units.ts";
import type { CandleFacts } from "../../candles/candle-facts.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import type { Memory, VerifyReport } from "../../memory/memory.ts";
import type { PatternSource } from "../../memory/pattern-index.ts";
import { answerLog, type AnswerLog } from "./answer-log.ts";
import { truthDigest, type TruthDigest } from "./digest.ts";
import { encoderShelf, type EncoderShelf } from "./encoder-shelf.ts";
import { channels, type Channels } from "./channels.ts";
import { exportTables, type ExportTables } from "./export-tables.ts";
import { compact, forget, forgettable, type ForgetWish, type Forgotten } from "./forget.ts";
import { checkNamed } from "./named-rows.ts";
import { forecastAnchors } from "./forecast-anchors.ts";
import { identityOf } from "./identity.ts";
import { importFacts, type ImportReport } from "./import-facts.ts";
import { ingestLog, type IngestLog } from "./ingest-log.ts";
import { patternSource } from "./pattern-source.ts";
import { labelledUntil, type LabelledOf } from "./labelled-until.ts";
import { maturedCounts, type MaturedCount, type MaturedOf } from "./matured-counts.ts";
import { ENCODER_FOLDER, openStore, type OpenOptions } from "./open-store.ts";
import { recordShelf, type RecordShelf } from "./record-shelf.ts";
import { sqliteCandles } from "./sqlite-candles.ts";
import { sqliteMemory } from "./sqlite-memory.ts";
import { folderBytes, holdings, summarise, type FolderSummary, type SeriesHolding } from "./summary.ts";
import { verifyFolder, verifySteps, type VerifyOptions } from "./verify-folder.ts";

/** A memory on disk: `rhyme.sqlite`, the truth, and `encoders/`. */
export interface MemoryFolder {
  readonly path: string;
  readonly mode: OpenOptions["mode"];
  /** Candle facts, shared by all tenants. */
  readonly candles: CandleStore;
  /** What a tenant has seen through an encoder; empty where it has seen nothing. */
  memory(tenant: string, encoder: { readonly version: string; readonly dim: number }): Memory;
  /** The same for an index that mirrors it. */
  patternSource(tenant: string, encoder: { readonly version: string; readonly dim: number }): PatternSource;
  readonly encoders: EncoderShelf;
  readonly records: RecordShelf;
  readonly answers: AnswerLog;
  /** Which encoder version is read, by tenant and channel. */
  readonly channels: Channels;
  /** By which an index on a server tells this memory from others. */
  readonly identity: string;
  /** Where the candles came from. */
  readonly ingests: IngestLog;
  /** Everything it holds as flat tables. */
  readonly tables: ExportTables;
  /** Candles with their own `knownAt`, as an export holds them. */
  importFacts(facts: CandleFacts, now: EpochMs): ImportReport;
  /** One transaction: all that `work` writes, or nothing of it. */
  atomically<T>(work: () => T): T;
  /** Which series are remembered, by whom and through which encoder. */
  holdings(tenant?: string): readonly SeriesHolding[];
  /** How many moments of each series had an outcome by an instant. */
  maturedCounts(of: MaturedOf): readonly MaturedCount[];
  /** When the newest outcome of a series over a horizon was known; -Infinity where none is stored. */
  labelledUntil(of: LabelledOf): EpochMs;
  /** Anchors of a series that are stored with a base forecast over a horizon. */
  forecastAnchors(of: LabelledOf): ReadonlySet<EpochMs>;
  summary(): FolderSummary;
  /** Of the whole truth: equal for equal contents, however they came in. */
  digest(): TruthDigest;
  /** Size on disk, encoders among it. */
  bytes(): number;
  verify(options?: VerifyOptions): VerifyReport;
  /** The same step by step: each names what is looked at next, so that a caller may pause or stop. */
  verifySteps(options?: VerifyOptions): Generator<string, VerifyReport>;
  forget(what: ForgetWish): Forgotten;
  /** What `forget` would delete. */
  forgettable(what: ForgetWish): Forgotten;
  /** Gives the room of what was forgotten back; needs as much room again for a moment. */
  compact(): void;
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
  const [records, answers] = [recordShelf(store), answerLog(store)];
  const read = channels(store);
  const [ingests, tables] = [ingestLog(store), exportTables(store)];
  let checked = false;
  /** What rows belong to is looked at before anything is read; `verify` names what is wrong with it. */
  const sound = <T>(part: T): T => {
    if (!checked) checkNamed(store);
    checked = true;
    return part;
  };
  return {
    path,
    mode: options.mode,
    get candles() {
      return sound(candles);
    },
    memory: (tenant, { version, dim }) =>
      sqliteMemory(sound(store), { tenant, encoderVersion: version, dim }),
    patternSource: (tenant, { version, dim }) =>
      patternSource(sound(store), { tenant, encoderVersion: version, dim }),
    get encoders() {
      return sound(encoders);
    },
    get records() {
      return sound(records);
    },
    get answers() {
      return sound(answers);
    },
    get channels() {
      return sound(read);
    },
    get identity() {
      return identityOf(sound(store));
    },
    get ingests() {
      return sound(ingests);
    },
    get tables() {
      return sound(tables);
    },
    atomically: (work) => sound(store).write(work),
    importFacts: (facts, now) => importFacts(sound(store), facts, now),
    holdings: (tenant) => holdings(sound(store), tenant),
    maturedCounts: (of) => maturedCounts(sound(store), of),
    labelledUntil: (of) => labelledUntil(sound(store), of),
    forecastAnchors: (of) => forecastAnchors(sound(store), of),
    summary: () =>
      store.snapshot(() => summarise(store, path, { series: candles.list(), encoders: encoders.list() })),
    digest: () => truthDigest(sound(store)),
    bytes: () => folderBytes(resolve(path)),
    verify: (wanted) => verifyFolder(store, encoders, wanted),
    verifySteps: (wanted) => verifySteps(store, encoders, wanted),
    forget: (what) => forget(store, what),
    forgettable: (what) => forgettable(store, what),
    compact: () => compact(store),
    close: release,
  };
}
