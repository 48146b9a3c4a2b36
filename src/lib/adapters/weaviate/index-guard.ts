import { RhymeError } from "../../errors.ts";
import { orAborted } from "./connection.ts";
import { tooSlow } from "./failure.ts";

/** Something that the index said or did not say in time; all other errors are the caller's own. */
export class IndexFailure extends Error {
  constructor(cause: unknown) {
    super("the index could not be used", { cause });
  }

  /** One line, without the remedy. */
  get reason(): string {
    const { cause } = this;
    if (!(cause instanceof RhymeError)) return cause instanceof Error ? cause.message : String(cause);
    return `expected ${cause.fields.expected}, got ${cause.fields.received}`;
  }
}

/** Makes of whatever a call throws, or of taking longer than the deadline, a failure of the index. */
export type Guard = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

export interface GuardOptions {
  readonly deadlineMs: number;
  /** The deadline is for each call; default: for all of them together, from now on. */
  readonly each?: boolean;
  readonly signal?: AbortSignal;
}

/** @throws IndexFailure, or the reason of `signal` */
export function guardOf(place: string, { deadlineMs, each = false, signal }: GuardOptions): Guard {
  const whole = each ? null : AbortSignal.timeout(deadlineMs);
  return async (call) => {
    const late = whole ?? AbortSignal.timeout(deadlineMs);
    const either = signal ? AbortSignal.any([late, signal]) : late;
    try {
      return await orAborted(call(either), either);
    } catch (error) {
      signal?.throwIfAborted();
      throw new IndexFailure(late.aborted ? tooSlow(place, deadlineMs) : error);
    }
  };
}
