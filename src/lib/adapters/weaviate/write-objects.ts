import { IncompleteWrite, type Watch } from "../../memory/pattern-index.ts";
import { OtherSize, WeaviateFailure } from "./failure.ts";
import { withRetries } from "./pace.ts";
import type { NewObject, TenantCollection } from "./tenant-collection.ts";

/** Objects per call and calls at once: README.md has the measurements. */
export const CHUNK = 200;
export const AT_ONCE = 8;

/** Refusals of single objects that say nothing about the object. */
const PASSING = /context (deadline|cancel)|shutting down|shut ?down|too many|timeout|connection|leader/i;

/** Then the server names the first object of a call alone, and the others as written though none is. */
const READ_ONLY = /read-?only/i;

/**
 * Writes objects, each acknowledged by name. At most AT_ONCE calls are under way; the next objects are only asked for
 * when there is room, so that a fast producer waits. A call that got no answer, and objects refused for a passing
 * reason, are sent again with backoff: under the same id they are written once, however often they arrive.
 * @returns how many were acknowledged
 * @throws IncompleteWrite naming what was sent and not acknowledged, once nothing is under way any more; OtherSize
 */
export async function writeObjects(
  into: TenantCollection,
  portions: AsyncIterable<readonly NewObject[]>,
  { signal, onProgress }: Watch = {},
): Promise<number> {
  const missing: string[] = [];
  const under = new Set<Promise<void>>();
  let acknowledged = 0;
  const failures: unknown[] = [];
  const send = async (chunk: readonly NewObject[]): Promise<void> => {
    const left = new Set(chunk.map(({ id }) => id));
    await sendChunk(into, chunk, left, signal).catch((error: unknown) => failures.push(error));
    missing.push(...left);
    acknowledged += chunk.length - left.size;
    onProgress?.(acknowledged);
  };
  const room = async (most: number): Promise<void> => {
    while (under.size > most) await Promise.race(under);
  };
  const start = (chunk: readonly NewObject[]): void => {
    const sending = send(chunk).finally(() => under.delete(sending));
    under.add(sending);
  };
  try {
    for await (const portion of portions)
      for (let at = 0; at < portion.length; at += CHUNK) {
        await room(AT_ONCE - 1);
        signal?.throwIfAborted();
        if (failures.length > 0) throw failures[0] as Error;
        start(portion.slice(at, at + CHUNK));
      }
  } catch (error) {
    failures.push(error);
  }
  await room(0); // whatever happened, nothing of ours is written afterwards
  if (failures.length > 0) throw whatWentWrong(into.place, missing, failures[0], signal);
  return acknowledged;
}

/** A producer's own error and the caller's stop are told as they are, and so is what sending again does not mend. */
function whatWentWrong(
  place: string,
  missing: readonly string[],
  failure: unknown,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted) return signal.reason;
  const incomplete = failure instanceof WeaviateFailure && !(failure instanceof OtherSize);
  return incomplete && missing.length > 0 ? new IncompleteWrite(place, missing, failure.fields) : failure;
}

/** Takes out of `left` what was acknowledged. */
async function sendChunk(
  into: TenantCollection,
  chunk: readonly NewObject[],
  left: Set<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { pace, patienceMs } = into.connection;
  const attempt = async (): Promise<void> => {
    const sent = chunk.filter(({ id }) => left.has(id));
    const refused = await into.put(sent, { signal });
    const closed = refused.find(({ reason }) => READ_ONLY.test(reason));
    if (closed) throw refusal(into.place, closed.reason, false);
    const no = new Set(refused.map(({ at }) => at));
    sent.forEach(({ id }, at) => {
      if (!no.has(at)) left.delete(id);
    });
    if (refused.length === 0) return;
    const final = refused.find(({ reason }) => !PASSING.test(reason));
    throw refusal(into.place, (final ?? refused[0]!).reason, final === undefined);
  };
  const again = (error: unknown): boolean => error instanceof WeaviateFailure && error.retryable;
  await withRetries(attempt, again, { patienceMs, pace, signal });
}

/** Of a vector that the server does not take, in its words. */
const SIZES = /vector with length (\d+)\. Existing nodes have vectors with length (\d+)/;

function refusal(place: string, reason: string, retryable: boolean): WeaviateFailure {
  const sizes = SIZES.exec(reason);
  if (sizes) return new OtherSize(place, sizes[2]!, sizes[1]!);
  const remedy = READ_ONLY.test(reason)
    ? "The server's disk is full or nearly: make room and start it again."
    : "See what the message says; the schema can be checked with ./rhyme weaviate verify.";
  return new WeaviateFailure(
    { place, expected: "objects that the server takes", received: reason, remedy },
    retryable,
    200,
  );
}
