import { heldEncoder, keepEncoder } from "../../src/lib/adapters/folder/held-encoders.ts";
import { keepLineage, keepTrust } from "../../src/lib/adapters/folder/lineage.ts";
import { jobArtefacts, trainedEncoder, trainEncoder, type TrainWish } from "../../src/lib/adapters/folder/train-encoder.ts"; // prettier-ignore
import type { Encoder } from "../../src/lib/encoder/encoder.ts";
import { RhymeError } from "../../src/lib/errors.ts";
import { iso } from "../../src/lib/time/units.ts";
import type { TaskTools } from "../compute/task.ts";
import { readJob } from "../job-folder.ts";
import type { JobRef, TrainJob } from "../job.ts";
import { reading, writing } from "../memory-access.ts";
import { workOf } from "../task-work.ts";

export interface Fitted {
  readonly encoder: string;
  /** The step of the checkpoint that this attempt went on from; null: it was fitted already. */
  readonly resumedAt: number | null;
}

export interface Registered {
  readonly encoder: string;
  readonly knownAt: string;
  /** Of masked reconstruction on the end of the fold, beside that of saying the mean of every feature. */
  readonly validationLoss: number;
  readonly validationLossOfMean: number;
}

export interface TrustInput extends JobRef {
  readonly horizon: string;
}

export interface ScoredEncoder {
  readonly horizon: string;
  readonly answered: number;
  /** The verdict, or why there is none. */
  readonly sentence: string;
}

/** Fits the encoder of a job, going on from its newest checkpoint. */
export async function fitEncoderOf(ref: JobRef, tools: TaskTools): Promise<Fitted> {
  const wish = wishOf(readJob<TrainJob>(ref, "train"));
  const trained = await reading(ref.memory, (folder) =>
    trainEncoder(folder, wish, jobArtefacts(ref.memory, ref.job), workOf(tools)),
  );
  return { encoder: trained.encoder.version, resumedAt: trained.resumedAt };
}

/** What was fitted onto the memory's shelf, with where it comes from. */
export async function registerEncoderOf(ref: JobRef, tools: TaskTools): Promise<Registered> {
  const wish = wishOf(readJob<TrainJob>(ref, "train"));
  const encoder = await fittedBy(ref);
  await writing(ref.memory, tools, (folder) => keepEncoder(folder, encoder));
  const { scores } = keepLineage(ref.memory, wish, encoder);
  return {
    encoder: encoder.version,
    knownAt: iso(encoder.knownAt),
    validationLoss: scores["validationLoss"] ?? NaN,
    validationLossOfMean: scores["validationLossOfMean"] ?? NaN,
  };
}

/** How its answers after the fold compare with plain baselines. */
export async function trustEncoderOf(
  { horizon, ...ref }: TrustInput,
  tools: TaskTools,
): Promise<ScoredEncoder> {
  const job = readJob<TrainJob>(ref, "train");
  const { version } = await fittedBy(ref);
  const report = await reading(ref.memory, (folder) =>
    keepTrust(folder, heldEncoder(folder, version), job, { tenant: job.tenant, horizon }, workOf(tools)),
  );
  return typeof report === "string"
    ? { horizon, answered: 0, sentence: report }
    : { horizon, answered: report.answered, sentence: report.sentence };
}

async function fittedBy(ref: JobRef): Promise<Encoder> {
  const encoder = await trainedEncoder(jobArtefacts(ref.memory, ref.job));
  if (encoder) return encoder;
  throw new RhymeError("store", {
    place: jobArtefacts(ref.memory, ref.job),
    expected: "the encoder that the job has fitted",
    received: "none",
    remedy: "Start the same command again: it is fitted once more, to the same bytes.",
  });
}

function wishOf({ series, timeframes, featureSet, until, seed, steps, every, fits }: TrainJob): TrainWish {
  return { series, timeframes, featureSet, until, seed, steps, every, backend: fits };
}
