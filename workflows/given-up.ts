import type { Control } from "./control.ts";
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
 * @throws the error where it is the cancellation of all, or one too many
 */
export function givenUp(
  error: unknown,
  place: number,
  before: readonly number[],
  control: Pick<Control<never>, "cancelled">,
): number {
  if (endsAll(error, control) || before.length >= MOST) throw error;
  return place;
}

/** Somebody may cancel the work on one series alone: that is no end of the others. */
export function endsAll(error: unknown, control: Pick<Control<never>, "cancelled">): boolean {
  return isCancelled(error) && control.cancelled();
}
