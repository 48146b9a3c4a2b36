import { isCancelled } from "./failure-type.ts";

/** Series that a job gave up, as its result tells it. */
export interface GivenUp {
  readonly failed: number;
  /** The first of them, with the reason of each. */
  readonly failures: readonly { readonly symbol: string; readonly reason: string }[];
}

/** More than that is no matter of single series. */
const MOST = 1_000;

/**
 * The place of a series that is given up, where what it failed with is a failure of its own.
 * @throws the error where it is a cancellation, or one too many
 */
export function givenUp(error: unknown, place: number, before: readonly number[]): number {
  if (isCancelled(error) || before.length >= MOST) throw error;
  return place;
}
