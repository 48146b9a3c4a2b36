import { proxyActivities, upsertSearchAttributes } from "@temporalio/workflow";
import { LONG, SHORT } from "../activity-options.ts";
import type { JobRef } from "../job.ts";
import type { Held } from "../messages.ts";
import { GPU_QUEUE } from "../queues.ts";
import { encoderAttribute } from "../search-attributes.ts";
import { temporalControl } from "../temporal-control.ts";
import type { FitActivities, TrainActivities, TrainResult } from "./activities.ts";
import { trainPlan, type TrainProgress } from "./plan.ts";

const cpu = proxyActivities<TrainActivities>(LONG);
const short = proxyActivities<Pick<TrainActivities, "openTrain" | "endTrain">>(SHORT);
const gpu = proxyActivities<FitActivities>({ ...LONG, taskQueue: GPU_QUEUE });

/** An encoder for a memory, fitted inside a stated fold. */
export async function train(ref: JobRef, held: Held): Promise<TrainResult> {
  const control = temporalControl<TrainProgress>(held, { phase: "fit", encoder: null });
  const fitEncoder: FitActivities["fitEncoder"] = async (input) => {
    const fitted = await gpu.fitEncoder(input);
    upsertSearchAttributes([{ key: encoderAttribute, value: fitted.encoder }]);
    return fitted;
  };
  const { registerEncoder, trustEncoder } = cpu;
  const { openTrain, endTrain } = short;
  const result = await trainPlan(
    ref,
    { openTrain, fitEncoder, registerEncoder, trustEncoder, endTrain },
    control,
  );
  await control.settled();
  return result;
}
