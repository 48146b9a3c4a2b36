import { ApplicationFailure } from "@temporalio/common";
import { RhymeError } from "../src/lib/errors.ts";
import { FAILURES, FINAL_KINDS } from "./failure-type.ts";

/**
 * What an activity threw as Temporal and the conductor in process retry it: a RhymeError by its kind, all else as
 * unexpected and retried. Failures that are typed already, and the reason of a cancellation, stay as they are.
 */
export function asFailure(error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted && (error === signal.reason || isAbort(error))) return signal.reason;
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof RhymeError)
    return ApplicationFailure.create({
      message: error.message,
      type: error.kind,
      nonRetryable: FINAL_KINDS.includes(error.kind),
      details: [error.fields],
    });
  const message = error instanceof Error ? error.message : String(error);
  // Without its cause: one that says of itself that it was aborted would pass for a cancellation of the whole job.
  return ApplicationFailure.create({ message, type: FAILURES.unexpected });
}

/** One of a type that only workers say: typed where it is found. */
export function failureOf(type: string, message: string, nonRetryable = false): ApplicationFailure {
  return ApplicationFailure.create({ message, type, nonRetryable });
}

/** The RhymeError that an application failure was made from; anything else as it is. */
export function fromFailure(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (!(at instanceof ApplicationFailure)) continue;
    const fields = at.details?.[0] as RhymeError["fields"] | undefined;
    const kinds: readonly string[] = [...FINAL_KINDS, "store", "source"];
    if (fields && kinds.includes(at.type ?? "")) return new RhymeError(at.type as RhymeError["kind"], fields);
  }
  return error;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
