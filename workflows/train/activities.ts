import { rmSync } from "node:fs";
import { jobArtefacts } from "../../src/lib/adapters/folder/train-encoder.ts";
import type { ActivityTools } from "../activity-host.ts";
import { endJob, readJob } from "../job-folder.ts";
import type { JobRef, TrainJob } from "../job.ts";
import type { Fitted, Registered, ScoredEncoder, TrustInput } from "./tasks.ts";

export interface TrainResult extends Registered {
  readonly trust: readonly ScoredEncoder[];
}

export interface TrainActivities {
  /** For which horizons its answers are to be scored. */
  openTrain(ref: JobRef): Promise<{ readonly trust: readonly string[] }>;
  registerEncoder(ref: JobRef): Promise<Registered>;
  trustEncoder(input: TrustInput): Promise<ScoredEncoder>;
  /** The job is through: what it made on the way is removed. */
  endTrain(ended: JobRef & { readonly result: TrainResult }): Promise<TrainResult>;
}

/** On the queue of encoders. */
export interface FitActivities {
  fitEncoder(ref: JobRef): Promise<Fitted>;
}

export function trainActivities({ host, pools }: ActivityTools): TrainActivities {
  return {
    openTrain: async (ref) => ({ trust: readJob<TrainJob>(ref, "train").trust }),
    registerEncoder: (ref) => pools.writer.run("registerEncoder", ref, host()),
    trustEncoder: (input) => pools.cpu.run("trustEncoder", input, host()),
    endTrain: async ({ result, ...ref }) => {
      const said = endJob(ref, () => result);
      rmSync(jobArtefacts(ref.memory, ref.job), { recursive: true, force: true });
      return said;
    },
  };
}

export function fitActivities({ host, pools }: ActivityTools): FitActivities {
  return { fitEncoder: (ref) => pools.gpu.run("fitEncoder", ref, host()) };
}
