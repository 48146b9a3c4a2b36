import { ApplicationFailure } from "@temporalio/common";
import { FAILURES } from "./failure-type.ts";
import { RETRY } from "./retry.ts";

/** More activities than a worker has failing at once; beyond, the oldest counts are forgotten. */
const KEPT = 10_000;

/**
 * How often activities failed in this process, told apart by an id. Temporal counts attempts, and one whose worker was
 * killed is none that failed: a worker that ends takes its counts along, and the next one begins anew.
 */
export class FailedAttempts {
  readonly #counts = new Map<string, number>();

  /** It failed once more; the failure is final where that was the last time. @param endless what passes is waited for */
  failed(id: string, failure: unknown, endless = false): unknown {
    if (!(failure instanceof ApplicationFailure) || failure.nonRetryable) return this.#ended(id, failure);
    if (failure.type === FAILURES.wrongBackend) return failure; // it is left to another worker
    const count = (this.#counts.get(id) ?? 0) + 1;
    if (count >= RETRY.maximumAttempts && !(endless && failure.type !== FAILURES.unexpected))
      return this.#ended(id, asFinal(failure));
    this.#counts.delete(id);
    this.#counts.set(id, count);
    if (this.#counts.size > KEPT) this.#counts.delete(this.#counts.keys().next().value!);
    return failure;
  }

  /** How often it has failed so far. */
  count(id: string): number {
    return this.#counts.get(id) ?? 0;
  }

  /** It is through. */
  ended(id: string): void {
    this.#counts.delete(id);
  }

  #ended(id: string, failure: unknown): unknown {
    this.ended(id);
    return failure;
  }
}

function asFinal({ message, type, details, cause }: ApplicationFailure): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    nonRetryable: true,
    ...(type ? { type } : {}),
    ...(details ? { details } : {}),
    ...(cause ? { cause } : {}),
  });
}
