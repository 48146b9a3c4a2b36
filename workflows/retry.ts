/**
 * How often an activity is tried: for about a minute and a half, so that a memory whose disk is gone for a minute is
 * waited for. Failures that no retry puts right say so themselves (failures.ts).
 */
export const RETRY = {
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 30_000,
  maximumAttempts: 8,
} as const;
