/**
 * How often an activity is tried: for about a minute and a half, so that a memory whose disk is gone for a minute is
 * waited for. Failures that no retry puts right say so themselves (failures.ts).
 */
export const RETRY = {
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 30_000,
  /** Attempts that failed. One whose worker was killed says nothing of what it was doing. */
  maximumAttempts: 8,
  /** Those included: what kills every worker that takes it comes to an end as well. */
  maximumStarted: 100,
} as const;
