import type { ComputePool } from "./compute/compute-pool.ts";
import type { SourcePools } from "./compute/source-threads.ts";

/** What can be told in a heartbeat, a log line or a payload. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

export type Labels = Readonly<Record<string, string>>;

/** Where figures of a worker go; names in snake case, units in the name. */
export interface Metrics {
  /** Adds to a counter: candles, anchors, answers, errors … */
  count(name: string, by: number, labels?: Labels): void;
  /** Sets what may go up and down: lag behind now in seconds … */
  gauge(name: string, value: number, labels?: Labels): void;
  /** One more measurement of a distribution, in seconds where it is a time. */
  observe(name: string, value: number, labels?: Labels): void;
}

/** What an activity sees of whoever runs it: Temporal's context, or the conductor in process. One per attempt. */
export interface ActivityHost {
  /** Aborted where the activity is cancelled or its worker ends. */
  readonly signal: AbortSignal;
  /** From 1 on. */
  readonly attempt: number;
  readonly workflow: string;
  readonly activity: string;
  /** What the attempt before told last; null where there was none. */
  readonly before: Json;
  /** Says that it is alive and how far it has come; may be called as often as one likes. */
  heartbeat(progress: Json): void;
  log(level: "info" | "warn" | "error", message: string, fields?: Readonly<Record<string, Json>>): void;
  /** The clock, for what is measured or logged; instants that end up in the truth come with the job. */
  now(): number;
  readonly metrics: Metrics;
  /** Tells a workflow, also once this attempt is over, that there are candles; absent where nobody is there to be told. */
  readonly tell?: (workflow: string) => Promise<void>;
}

/** What numbers are made with: jobs pin one, and a worker with another refuses their chunks. */
export type Backend = "arrays";

/** What encoders are fitted with; each gives bytes of its own. */
export type FitBackend = "wasm" | "cpu";

/** What activities are made from: `const activities = backfillActivities(tools)`. */
export interface ActivityTools {
  /** Of the activity that is running where it is called. */
  readonly host: () => ActivityHost;
  readonly pools: Pools;
  readonly backend: Backend;
}

/** Threads by what they do, so that long work never keeps short work waiting. */
export interface Pools {
  /** One thread: everything that opens a folder for writing. */
  readonly writer: ComputePool;
  /** Reading and computing. */
  readonly cpu: ComputePool;
  /** One thread: encoding. */
  readonly gpu: ComputePool;
  /** One thread: follows series candle by candle, and keeps what that needs. */
  readonly live: ComputePool;
  /** One thread: what is shown on an index, which may keep silent. */
  readonly index: ComputePool;
  /** One thread: jobs that are due, and what else is read in a moment. */
  readonly short: ComputePool;
  /** What is asked of exchanges, each with threads of its own: a silent one stops none of the others. */
  readonly sources: SourcePools;
}
