import { RhymeError, type RhymeErrorFields } from "../../errors.ts";
import type { DurationMs } from "../../time/units.ts";

/**
 * A call that an exchange did not answer as it should. Of kind `source` where the same call may succeed later, else of
 * kind `input`: nobody need try it again.
 */
export class SourceFailure extends RhymeError {
  readonly retryable: boolean;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** For how long the exchange wants to be left alone; null where it did not say. */
  readonly retryAfterMs: DurationMs | null;

  constructor(fields: RhymeErrorFields, how: HowItFailed) {
    super(how.retryable ? "source" : "input", fields);
    this.retryable = how.retryable;
    this.status = how.status ?? 0;
    this.retryAfterMs = how.retryAfterMs ?? null;
  }
}

export interface HowItFailed {
  readonly retryable: boolean;
  readonly status?: number;
  readonly retryAfterMs?: DurationMs | null;
}

const LATER = "Run the same command again later: it goes on where it was.";

export function noAnswer(place: string, reason: string): SourceFailure {
  const fields = { place, expected: "an exchange that answers", received: reason, remedy: LATER };
  return new SourceFailure(fields, { retryable: true });
}

export function tooSlow(place: string, deadlineMs: DurationMs): SourceFailure {
  const fields = {
    ...{ place, expected: `a whole answer within ${deadlineMs / 1000} s` },
    ...{ received: "none, or a part of one", remedy: LATER },
  };
  return new SourceFailure(fields, { retryable: true });
}

/** An answer that is no document, or a part of one. */
export function noDocument(place: string, status: number, text: string): SourceFailure {
  const received = text === "" ? "nothing" : JSON.stringify(text.slice(0, 80));
  const fields = { place, expected: "a whole JSON document", received, remedy: LATER };
  return new SourceFailure(fields, { retryable: true, status });
}

/** Statuses of servers that are starting, stopping, overloaded or that want to be left alone for a while. */
function mayPass(status: number): boolean {
  return status >= 500 || status === 408 || status === 418 || status === 425 || status === 429;
}

/**
 * An answer that says no, in words.
 * @param said what it said, already short
 */
export function refused(
  place: string,
  status: number,
  said: string,
  retryAfterMs: DurationMs | null,
): SourceFailure {
  const retryable = mayPass(status);
  const asks = retryAfterMs === null ? "" : `, and wants to be left alone for ${retryAfterMs / 1000} s`;
  const fields = {
    ...{ place, expected: "candles", received: `${status} ${said}${asks}` },
    remedy: retryable ? LATER : remedyOf(status),
  };
  return new SourceFailure(fields, { retryable, status, retryAfterMs });
}

function remedyOf(status: number): string {
  if (status === 403 || status === 451)
    return "It does not serve this place; --base-url names another host of it, such as https://data-api.binance.vision.";
  return "Check symbol, timeframe and span; another try would be answered alike.";
}
