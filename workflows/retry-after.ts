import { failureType, FAILURES } from "./failure-type.ts";
import { RETRY } from "./retry.ts";

/** How long to wait before the attempt after this one, in ms; null: it was the last. */
export function retryAfter(attempt: number, maximumAttempts: number = RETRY.maximumAttempts): number | null {
  if (attempt >= maximumAttempts) return null;
  return Math.min(
    RETRY.initialIntervalMs * RETRY.backoffCoefficient ** (attempt - 1),
    RETRY.maximumIntervalMs,
  );
}

/** How often it is tried at most: what nobody knows is never waited for without end, whatever else is. */
export function attemptsOf(failure: unknown, maximumAttempts: number = RETRY.maximumAttempts): number {
  const isUnexpected = failureType(failure) === FAILURES.unexpected;
  return isUnexpected ? Math.min(maximumAttempts, RETRY.maximumAttempts) : maximumAttempts;
}
