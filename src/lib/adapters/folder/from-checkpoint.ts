import { RhymeError } from "../../errors.ts";
import type { CheckpointFolder } from "../artefacts/checkpoint-folder.ts";
import type { Work } from "./work.ts";

/** What was fitted, and from which step on this call fitted it. */
export interface FromCheckpoint<T> {
  readonly made: T;
  readonly resumedAt: number;
}

/**
 * Fits on from the newest whole checkpoint. One of other data is of no use: candles of those days were added since, and it
 * begins anew.
 */
export async function fromCheckpoint<T>(
  checkpoints: CheckpointFolder,
  { onNote }: Pick<Work, "onNote">,
  fit: (resume: Uint8Array | null) => Promise<T>,
): Promise<FromCheckpoint<T>> {
  const begun = checkpoints.newest();
  try {
    return { made: await fit(begun?.bytes ?? null), resumedAt: begun?.step ?? 0 };
  } catch (error) {
    if (begun === null || !(error instanceof RhymeError) || error.kind !== "mismatch") throw error;
    onNote?.(`the checkpoint is of other candles or options, fitting begins anew: ${error.message}`);
    checkpoints.clear();
    return { made: await fit(null), resumedAt: 0 };
  }
}
