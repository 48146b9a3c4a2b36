import { join } from "node:path";
import type { SeriesKey } from "../../candles/candle-series.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { RhymeError } from "../../errors.ts";
import { fitEncoder } from "../../remember/fit-encoder.ts";
import { seriesAsOf } from "../../remember/views.ts";
import type { EpochMs } from "../../time/units.ts";
import type { Timeframe } from "../../time/timeframe.ts";
import { checkpointFolder, type CheckpointFolder } from "../artefacts/checkpoint-folder.ts";
import { readEncoderFolder, writeEncoderFolder } from "../artefacts/encoder-folder.ts";
import type { MemoryFolder } from "../sqlite/open-memory.ts";
import { openTensorFlow, type TensorFlowBackend } from "../tfjs/open-tensorflow.ts";
import { fitNote } from "./fit-note.ts";
import { fromCheckpoint } from "./from-checkpoint.ts";
import type { Work } from "./work.ts";

/** An encoder that is to be fitted. */
export interface TrainWish {
  /** Of one base timeframe. */
  readonly series: readonly SeriesKey[];
  readonly timeframes: readonly Timeframe[];
  readonly featureSet: string;
  /** The end of the fold: it is fitted, and stopped early, on what was known by then and on nothing else. */
  readonly until: EpochMs;
  readonly seed: number;
  /** null: as many as the family takes. */
  readonly steps: number | null;
  /** Steps between checkpoints. */
  readonly every: number;
  /** Another one gives other bytes. */
  readonly backend: TensorFlowBackend;
}

/** A fitted encoder, and from which step on this call fitted it; null where it was there already. */
export interface Trained {
  readonly encoder: Encoder;
  readonly resumedAt: number | null;
}

/** Where a job keeps what it makes, in the artefact store of its memory. */
export function jobArtefacts(memory: string, job: string): string {
  return join(memory, "artefacts", "jobs", job);
}

/**
 * Fits an encoder on what a memory knew by the end of a fold, with checkpoints in `at`; going on from the newest whole
 * one gives the bytes of a fitting that nobody disturbed. The result is written to `at`/encoder, whole or not at all,
 * and returned as it is where it is there.
 * @throws RhymeError "input" where too little was known by then; the signal's reason, after a checkpoint
 */
export async function trainEncoder(
  folder: MemoryFolder,
  wish: TrainWish,
  at: string,
  work: Work,
): Promise<Trained> {
  const made = await trainedEncoder(at);
  if (made) return { encoder: made, resumedAt: null };
  const checkpoints = checkpointFolder(at);
  const { made: encoder, resumedAt } = await fromCheckpoint(checkpoints, work, (resume) =>
    fit(folder, wish, checkpoints, resume, work),
  );
  await keepWhole(join(at, "encoder"), encoder);
  checkpoints.clear();
  return { encoder, resumedAt };
}

/** What a job has fitted; null where it has not, or not to its end. */
export async function trainedEncoder(at: string): Promise<Encoder | null> {
  try {
    return await readEncoderFolder(join(at, "encoder"));
  } catch (error) {
    if (error instanceof RhymeError && error.kind === "input") return null;
    throw error;
  }
}

async function fit(
  folder: MemoryFolder,
  { series, timeframes, featureSet, until, seed, steps, every, backend }: TrainWish,
  checkpoints: CheckpointFolder,
  resume: Uint8Array | null,
  { signal, onProgress }: Work,
): Promise<Encoder> {
  const tf = await openTensorFlow(backend);
  await tf.setBackend(backend); // another one may have been opened since
  const noteOf = fitNote();
  const candles = series.map((key) => seriesAsOf(folder.candles, key, until));
  return fitEncoder(candles, {
    ...{ tf, timeframes, featureSet, until, seed, signal, ...(steps === null ? {} : { steps }) },
    checkpoint: { every, save: (bytes) => void checkpoints.save(bytes), ...(resume ? { resume } : {}) },
    onProgress: async (progress) => {
      const { step: done, steps: total } = progress;
      await onProgress?.({ what: "fitting an encoder", done, total, note: noteOf(progress) });
    },
  });
}

/** Somebody else who fits the same may have been faster: then the same bytes are there. */
async function keepWhole(path: string, encoder: Encoder): Promise<void> {
  try {
    await writeEncoderFolder(path, encoder);
  } catch (error) {
    if ((await readEncoderFolder(path).catch(() => null))?.version !== encoder.version) throw error;
  }
}
