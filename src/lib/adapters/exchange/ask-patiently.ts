import { SECOND, type DurationMs } from "../../time/units.ts";
import type { Pace } from "../weaviate/pace.ts";
import { SourceFailure } from "./source-failure.ts";

export interface Patience {
  /** How often a call is made in all. */
  readonly tries: number;
  /** An exchange that wants to be left alone for longer is asked no more. */
  readonly longestWaitMs: DurationMs;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** Told before every wait. */
  readonly onWait?: ((ms: DurationMs, failure: SourceFailure) => void) | undefined;
}

const FIRST_WAIT_MS = 1 * SECOND;
const LONGEST_BACKOFF_MS = 30 * SECOND;

/** 1, 2, 4 … 30 s after the first, second, third … failure. No chance in it: the same failures, the same waits. */
export function backoffMs(failures: number): DurationMs {
  return Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
}

/**
 * Tries again while the failure may pass. An exchange that says how long it wants to be left alone is left alone for
 * that long, and never asked earlier: where that is too long, its failure is thrown at once.
 * @throws SourceFailure of the last try, or the reason of the signal
 */
export async function askPatiently<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { tries, longestWaitMs, pace, signal, onWait } = patience;
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SourceFailure) || !error.retryable || failures >= tries) throw error;
      const wait = Math.max(backoffMs(failures), error.retryAfterMs ?? 0);
      if (wait > longestWaitMs) throw error;
      onWait?.(wait, error);
      await pace.sleep(wait, signal).catch(() => signal.throwIfAborted());
    }
  }
}
