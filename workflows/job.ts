import type { SeriesKey } from "../src/lib/candles/candle-series.ts";
import type { Backend, FitBackend } from "./activity-host.ts";

// What workflows are started with. A job is kept whole in its memory (job-folder.ts); payloads name it and no more.

/** A kept job: everything else about it is read where it is needed. */
export interface JobRef {
  readonly memory: string;
  /** 16 hex digits: the hash of what is to be done, without when. */
  readonly job: string;
}

/** One series of a job by its place in it. */
export interface SeriesRef extends JobRef {
  readonly series: number;
}

/** How files are read: ReadCandlesOptions as JSON, the calendar by its name. */
export interface ReadingSpec {
  readonly source?: string;
  readonly symbol?: string;
  readonly timeframe?: string;
  readonly calendar?: string;
  readonly zone?: string;
  readonly wall?: boolean;
  readonly stamp?: "open" | "close";
  readonly scale?: number;
  readonly columns?: readonly string[];
  readonly dates?: "dmy" | "mdy";
  readonly decimal?: "point" | "comma";
  readonly ask?: readonly string[];
  readonly repair?: readonly string[];
  readonly lagMs?: number;
}

/** Candles in files of one series, at absolute paths that every worker reaches. */
export interface FileOrigin {
  readonly kind: "files";
  readonly files: readonly string[];
  readonly reading: ReadingSpec;
  /** Refuse data with errors. */
  readonly strict: boolean;
}

/** Candles that the memory holds already. */
export interface HeldOrigin {
  readonly kind: "held";
  readonly source: string;
}

/**
 * Candles of an exchange: opening from `from` (epoch ms; null: behind the newest stored bar) up to `to`, or to what has
 * closed by the job's `now`.
 */
export interface ExchangeOrigin {
  readonly kind: "exchange";
  readonly exchange: string;
  readonly from: number | null;
  readonly to: number | null;
  /** Where it is asked, other than its usual address. */
  readonly address: string | null;
}

export type Origin = FileOrigin | HeldOrigin | ExchangeOrigin;

/** Candle files of a series in one folder, told by their names: they grow, and new ones come. */
export interface FolderOrigin {
  readonly kind: "folder";
  readonly folder: string;
  readonly reading: ReadingSpec;
}

export interface SeriesSpec {
  readonly symbol: string;
  /** Of the candles that are stored: the job's finest. */
  readonly timeframe: string;
  readonly origin: Origin;
}

/** What all jobs have in common. */
export interface JobBase {
  readonly tenant: string;
  /** Fixed when the job is kept: late facts are known at it however often it runs. Epoch ms. */
  readonly now: number;
  /** Options as they were given, for the ingest log. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Modules with calendars of one's own. */
  readonly calendars: readonly string[];
}

/** Candles into a memory, and nothing else. */
export interface IngestJob extends JobBase {
  readonly kind: "ingest";
  readonly series: readonly SeriesSpec[];
}

/** Which encoder; as `remember` takes it. */
export interface EncoderWishSpec {
  /** A version that the memory holds, or the folder of an artefact. */
  readonly encoder: string | null;
  /** For one fitted on what was known by then; epoch ms. */
  readonly fitUntil: number | null;
  readonly features: string | null;
}

/** Candles of many series into a memory: embedded, labelled, with their records; the end state of `remember`. */
export interface BackfillJob extends JobBase {
  readonly kind: "backfill";
  readonly series: readonly SeriesSpec[];
  readonly timeframes: readonly string[]; // finest first
  readonly horizons: readonly string[];
  readonly wish: EncoderWishSpec;
  readonly backend: Backend;
  /** Rows of a series that are encoded into one segment. */
  readonly chunk: number;
  /** An index to bring up to the memory at the end. */
  readonly index: string | null;
}

/** One remembered series that is followed as its candles close. */
export interface LiveSeriesSpec {
  readonly source: string;
  readonly symbol: string;
  readonly timeframe: string;
  /** Where its candles come from; `held`: others put them into the memory. */
  readonly origin: HeldOrigin | ExchangeOrigin | FolderOrigin;
}

/** Remembered series that are followed together: they answer each other. */
export interface LiveJob extends JobBase {
  readonly kind: "live";
  readonly series: readonly LiveSeriesSpec[];
  /** The version that they are remembered with; with a `channel`, when the job was kept. */
  readonly encoder: string;
  /** They go over to whatever version this channel reads; none: they stay with `encoder`. */
  readonly channel?: string;
  /** Followed by the process that kept it alone: no worker is to begin it. */
  readonly local?: boolean;
  /** Over which outcomes are stored: those that are remembered. */
  readonly horizons: readonly string[];
  /** What every new moment is asked. */
  readonly ask: { readonly horizon: string; readonly k: number };
  /** Looks for candles at least this often, whether it is told of them or not. */
  readonly everyMs: number;
  /** How long an answer waits for the other series to have closed the same candle. */
  readonly patienceMs: number;
  /** Where live states are shown; null: nowhere. */
  readonly index: string | null;
}

/** An encoder, fitted on what was known of some remembered series by the end of a fold. */
export interface TrainJob extends JobBase {
  readonly kind: "train";
  /** Of one timeframe, the finest of `timeframes`. */
  readonly series: readonly SeriesKey[];
  readonly timeframes: readonly string[]; // finest first
  readonly featureSet: string;
  /** The end of the fold, epoch ms: nothing later is seen, also not by what stops the fitting early. */
  readonly until: number;
  readonly seed: number;
  /** null: as many as the family takes. */
  readonly steps: number | null;
  /** Steps between checkpoints. */
  readonly every: number;
  /** Another one gives other bytes: every worker has all of them, and takes this one. */
  readonly fits: FitBackend;
  /** For these its answers after the fold are scored as well. */
  readonly trust: readonly string[];
}

/** Another encoder version for a channel, or the one before again. */
export interface ReembedJob extends JobBase {
  readonly kind: "reembed";
  /** `rollback`: reads the version before again; needs no encoder. */
  readonly goal: "switch" | "rollback";
  readonly channel: string;
  /** A version that the memory holds, or the folder of an artefact. */
  readonly encoder: string;
  /** The server that mirrors the memory; null: there is none. */
  readonly index: string | null;
  /** About how many questions the gate asks of the index. */
  readonly questions: number;
}

/** A look at everything that a tenant relies on. */
export interface AuditJob extends JobBase {
  readonly kind: "audit";
  readonly index: string | null;
  /** Every row of the memory, or its structure alone. */
  readonly full: boolean;
  /** Stored answers that are asked again. */
  readonly answers: number;
  /** About how many questions are asked of the index. */
  readonly questions: number;
  readonly seed: number;
}

export type Job = IngestJob | BackfillJob;

/** Whatever a memory may keep as a job. */
export type AnyJob = Job | LiveJob | TrainJob | ReembedJob | AuditJob;
