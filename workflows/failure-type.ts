/**
 * Types of failures by which plans and retry policies tell them apart; the kinds of RhymeError, and what only workers
 * say. Free of dependencies: plans import it.
 */
export const FAILURES = {
  /** Retried: another worker may do it. */
  wrongBackend: "wrong-backend",
  /** Not retried as it is: the segment has to be encoded again. */
  segmentLost: "segment-lost",
  /** What is no RhymeError: a bug, or a fault of the machine. */
  unexpected: "unexpected",
} as const;

/** Kinds of RhymeError that no retry puts right. `store` is retried: disks, locks and mounts come back. */
export const FINAL_KINDS: readonly string[] = ["input", "usage", "time", "mismatch"];

/** The type of an application failure, however deep it is wrapped; null for anything else. */
export function failureType(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause)
    if ("type" in at && typeof at.type === "string") return at.type;
  return null;
}

/** What went wrong in one line of at most `length` characters: the innermost message. */
export function failureReason(error: unknown, length = 300): string {
  let said = error instanceof Error ? error.message : String(error);
  for (let at = error; at instanceof Error; at = at.cause)
    said = at.message || (isCancelled(at) ? "it was cancelled" : said);
  const line = said.split("\n")[0]!;
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** Whether an error says that somebody wants it to end, however deep it is wrapped. */
export function isCancelled(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if (["CancelledFailure", "AbortError", "Interrupted"].includes(at.name)) return true;
  return false;
}
