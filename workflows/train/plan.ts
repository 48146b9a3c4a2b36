import type { Control } from "../control.ts";
import type { JobRef } from "../job.ts";
import type { FitActivities, TrainActivities, TrainResult } from "./activities.ts";
import type { ScoredEncoder } from "./tasks.ts";

export interface TrainProgress {
  readonly phase: "fit" | "register" | "trust" | "end";
  readonly encoder: string | null;
}

export type TrainSteps = TrainActivities & FitActivities;

/** Fit, keep, score: an encoder that is there already is only scored. */
export async function trainPlan(
  ref: JobRef,
  steps: TrainSteps,
  control: Pick<Control<TrainProgress>, "until" | "paused" | "report">,
): Promise<TrainResult> {
  const begin = async (phase: TrainProgress["phase"], encoder: string | null): Promise<void> => {
    await control.until(() => !control.paused());
    control.report({ phase, encoder });
  };
  await begin("fit", null);
  const { trust: horizons } = await steps.openTrain(ref);
  const { encoder } = await steps.fitEncoder(ref);
  await begin("register", encoder);
  const registered = await steps.registerEncoder(ref);
  const trust: ScoredEncoder[] = [];
  for (const horizon of horizons) {
    await begin("trust", encoder);
    trust.push(await steps.trustEncoder({ ...ref, horizon }));
  }
  await begin("end", encoder);
  return steps.endTrain({ ...ref, result: { ...registered, trust } });
}
