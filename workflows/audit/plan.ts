import type { Control } from "../control.ts";
import type { JobRef } from "../job.ts";
import type { AuditActivities } from "./activities.ts";
import type { Audited, AuditPart } from "./tasks.ts";

const PARTS: readonly AuditPart[] = ["memory", "index", "answers", "inputs", "trust"];

export interface AuditProgress {
  readonly phase: AuditPart | "report";
  readonly done: number;
  readonly total: number;
}

/** Part after part, so that a night's look never takes more than one thread; then the report. */
export async function auditPlan(
  ref: JobRef,
  steps: AuditActivities,
  control: Pick<Control<AuditProgress>, "until" | "paused" | "report">,
): Promise<Audited> {
  for (const [done, part] of PARTS.entries()) {
    await control.until(() => !control.paused());
    control.report({ phase: part, done, total: PARTS.length });
    await steps.auditPart({ ...ref, part });
  }
  control.report({ phase: "report", done: PARTS.length, total: PARTS.length });
  return steps.endAudit({ ...ref, result: await steps.writeAudit(ref) });
}
