import type { LabelledSeries } from "../../src/lib/remember/label-series.ts";
import type { ActivityTools } from "../activity-host.ts";
import type { DueInput, LabelTarget, TargetsInput } from "./tasks.ts";

export interface LabelActivities {
  /** Some of the series that a tenant remembers. */
  labelTargets(input: TargetsInput): Promise<readonly LabelTarget[]>;
  /** Outcomes of one series and horizon that have matured. */
  labelDue(input: DueInput): Promise<LabelledSeries>;
}

export function labelActivities({ host, pools }: ActivityTools): LabelActivities {
  return {
    labelTargets: (input) => pools.cpu.run("labelTargets", input, host()),
    labelDue: (input) => pools.cpu.run("labelDue", input, host()),
  };
}
