import { setImmediate as nextTurn } from "node:timers/promises";
import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { Reembed } from "../lib/adapters/sqlite/verify-folder.ts";
import { RhymeError } from "../lib/errors.ts";
import type { VerifyReport } from "../lib/memory/memory.ts";
import { reembedder } from "../lib/remember/reembed.ts";
import { heldEncoder } from "../lib/adapters/folder/held-encoders.ts";
import { interruptSignal } from "./interrupt.ts";
import type { Ui } from "./ui.ts";

/** Moments of a series that are embedded again: the first, the middle and the last. */
const SAMPLE = 3;

/** Looks whether a memory is whole: quickly, or at every row. */
export async function verifyWithProgress(
  folder: MemoryFolder,
  full: boolean,
  ui: Ui,
): Promise<VerifyReport & { readonly how: "quick" | "full" }> {
  const steps = folder.verifySteps(full ? { reembed: reembedOf(folder), sample: SAMPLE } : { quick: true });
  const progress = ui.progress("verifying", 0);
  for (let done = 0; ; done++) {
    interruptSignal().throwIfAborted();
    const step = steps.next();
    if (step.done) {
      progress.done();
      return { ...step.value, how: full ? "full" : "quick" };
    }
    progress.update(done, step.value);
    await nextTurn();
  }
}

/** Each encoder is loaded once; one that cannot be is named by the check of its files. */
function reembedOf(folder: MemoryFolder): Reembed {
  const known = new Map<string, ReturnType<typeof reembedder> | null>();
  return ({ encoderVersion, series, anchor }) => {
    if (!known.has(encoderVersion)) known.set(encoderVersion, load(encoderVersion));
    return known.get(encoderVersion)?.(series, anchor) ?? null;
  };
  function load(version: string): ReturnType<typeof reembedder> | null {
    try {
      return reembedder(folder.candles, heldEncoder(folder, version));
    } catch (error) {
      if (error instanceof RhymeError) return null;
      throw error;
    }
  }
}
