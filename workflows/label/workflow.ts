import { continueAsNew, proxyActivities } from "@temporalio/workflow";
import { LONG } from "../activity-options.ts";
import type { Held } from "../messages.ts";
import { temporalControl } from "../temporal-control.ts";
import type { LabelActivities } from "./activities.ts";
import { labelPlan, type LabelResult, type LabelState } from "./plan.ts";

const { labelTargets, labelDue } = proxyActivities<LabelActivities>(LONG);

/** Outcomes that have matured, of every series that a tenant remembers. */
export async function label(from: LabelState, held: Held): Promise<LabelResult> {
  const { series, labelled, revised, failed, failures } = from;
  const control = temporalControl<LabelResult>(held, { series, labelled, revised, failed, failures });
  const ending = await labelPlan(from, { labelTargets, labelDue }, control);
  await control.settled();
  if (ending.kind === "done") return ending.result;
  return continueAsNew<typeof label>(ending.state, control.held());
}
