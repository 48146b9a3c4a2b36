import { RETRY } from "./retry.ts";

/** How long to wait before the attempt after this one, in ms; null: it was the last. */
export function retryAfter(attempt: number): number | null {
  if (attempt >= RETRY.maximumAttempts) return null;
  return Math.min(
    RETRY.initialIntervalMs * RETRY.backoffCoefficient ** (attempt - 1),
    RETRY.maximumIntervalMs,
  );
}
