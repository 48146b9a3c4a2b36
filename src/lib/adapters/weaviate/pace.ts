import { setTimeout as pause } from "node:timers/promises";

/** The clock of retries and deadlines; tests hand in their own. */
export interface Pace {
  /** ms since any fixed instant. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const REAL_PACE: Pace = {
  now: () => performance.now(),
  sleep: (ms, signal) => pause(ms, undefined, signal ? { signal } : {}),
};

export interface Patience {
  /** No further try begins later than this after the first. */
  readonly patienceMs: number;
  readonly pace: Pace;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Tries again after 0.1, 0.2, 0.4 … 5 s while `again` says that the failure may pass; else throws the last one. */
export async function withRetries<T>(
  work: () => Promise<T>,
  again: (error: unknown) => boolean,
  { patienceMs, pace, signal }: Patience,
): Promise<T> {
  const end = pace.now() + patienceMs;
  for (let wait = FIRST_MS; ; wait = Math.min(2 * wait, LONGEST_MS)) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!again(error) || pace.now() + wait > end) throw error;
    }
    await pace.sleep(wait, signal);
  }
}
