import { RhymeError } from "../../errors.ts";
import type { VerifyReport } from "../../memory/memory.ts";
import { reembedder } from "../../remember/reembed.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import type { Reembed } from "../sqlite/verify-folder.ts";
import { heldEncoder } from "./held-encoders.ts";
import type { Work } from "./work.ts";

/** Moments of a series that are embedded again: the first, the middle and the last. */
const SAMPLE = 3;

/** Looks whether a memory is whole: quickly, or at every row and at embeddings made again. */
export async function verifyWhole(
  folder: MemoryFolder,
  full: boolean,
  { signal, onProgress }: Work,
): Promise<VerifyReport> {
  const steps = folder.verifySteps(full ? { reembed: reembedOf(folder), sample: SAMPLE } : { quick: true });
  for (let done = 0; ; done++) {
    signal.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    await onProgress?.({ what: "verifying", done, total: 0, note: step.value });
  }
}

/**
 * Each encoder is loaded once. One that cannot be is named by the check of its files, and a candle that is damaged by
 * the check of its row: neither keeps the rest from being told.
 */
function reembedOf(folder: MemoryFolder): Reembed {
  const known = new Map<string, ReturnType<typeof reembedder> | null>();
  return ({ encoderVersion, series, anchor }) => {
    if (!known.has(encoderVersion))
      known.set(
        encoderVersion,
        orNull(() => reembedder(folder.candles, heldEncoder(folder, encoderVersion))),
      );
    return orNull(() => known.get(encoderVersion)?.(series, anchor) ?? null);
  };
}

function orNull<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof RhymeError) return null;
    throw error;
  }
}
