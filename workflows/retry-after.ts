import { RETRY } from "./retry.ts";

/** How long to wait before the attempt after this one, in ms; null: it was the last. */
export function retryAfter(attempt: number, maximumAttempts: number = RETRY.maximumAttempts): number | null {
  if (attempt >= maximumAttempts) return null;
  return Math.min(
    RETRY.initialIntervalMs * RETRY.backoffCoefficient ** (attempt - 1),
    RETRY.maximumIntervalMs,
  );
}
