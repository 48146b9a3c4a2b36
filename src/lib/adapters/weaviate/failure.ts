import { RhymeError, type RhymeErrorFields } from "../../errors.ts";

/** A call that the server did not answer as it should. */
export class WeaviateFailure extends RhymeError {
  /** The same call may succeed later: nothing is wrong with what was sent. */
  readonly retryable: boolean;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;

  constructor(fields: RhymeErrorFields, retryable: boolean, status = 0) {
    super("store", fields);
    this.retryable = retryable;
    this.status = status;
  }
}

export const START_OR_LEAVE = "See whether it runs (./rhyme services status), or ask without --index.";

export function unreachable(place: string, reason: string): WeaviateFailure {
  const fields = { place, expected: "a Weaviate that answers", received: reason, remedy: START_OR_LEAVE };
  return new WeaviateFailure(fields, true);
}

export function tooSlow(place: string, deadlineMs: number): WeaviateFailure {
  const received = `none within ${deadlineMs / 1000} s`;
  return new WeaviateFailure({ place, expected: "an answer", received, remedy: START_OR_LEAVE }, true);
}

/** Two lengths of vectors: those that are indexed, and those that it was searched by or given. */
export class OtherSize extends WeaviateFailure {
  constructor(place: string, indexed: string, mine: string) {
    const fields = {
      place,
      expected: `vectors of ${mine} values, as the encoder makes them`,
      received: `an index of vectors of ${indexed}`,
      remedy:
        "Something else wrote it: rebuild it (./rhyme memory --index … --rebuild-index), or ask without --index.",
    };
    super(fields, false, 422);
  }
}

/** Statuses of servers that are starting, stopping or overloaded, and of proxies before them. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** An answer with a status that says no, in words. */
export function refusedCall(place: string, call: string, status: number, body: string): WeaviateFailure {
  const said = saidBy(body);
  if (status === 401 || status === 403)
    return new WeaviateFailure(
      {
        place,
        expected: `a key that may ${call}`,
        received: status === 401 ? "a key that the server does not know, or none" : said,
        remedy: "Set RHYME_WEAVIATE_KEY to a key of this server.",
      },
      false,
      status,
    );
  const remedy = /read-?only/i.test(said)
    ? "Its disk is full or nearly: make room, then run the same command again."
    : "The server's log says more (./rhyme services logs).";
  return new WeaviateFailure(
    { place, expected: `${call} to succeed`, received: `${status}: ${said}`, remedy },
    PASSING.has(status) && !/read-?only/i.test(said),
    status,
  );
}

/** The messages in an error document of the server, or the beginning of what it sent instead. */
function saidBy(body: string): string {
  try {
    const { error, message } = JSON.parse(body) as {
      error?: readonly { readonly message: string }[];
      message?: string;
    };
    const messages = error?.map((one) => one.message).join("; ") ?? message;
    if (messages) return messages.slice(0, 500);
  } catch {
    // not JSON
  }
  return body.slice(0, 200) || "nothing more";
}
