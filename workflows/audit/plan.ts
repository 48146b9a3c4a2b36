import type { Control } from "../control.ts";
import type { JobRef } from "../job.ts";
import type { AuditActivities } from "./activities.ts";
import type { Audited } from "./tasks.ts";

/** What can be looked at apart; each is kept in the folder of the job once it was. */
export const AUDIT_PARTS = ["memory", "index", "answers", "inputs", "trust"] as const;

export type AuditPart = (typeof AUDIT_PARTS)[number];

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
  for (const [done, part] of AUDIT_PARTS.entries()) {
    await control.until(() => !control.paused());
    control.report({ phase: part, done, total: AUDIT_PARTS.length });
    await steps.auditPart({ ...ref, part });
  }
  control.report({ phase: "report", done: AUDIT_PARTS.length, total: AUDIT_PARTS.length });
  return steps.endAudit({ ...ref, result: await steps.writeAudit(ref) });
}
