import { proxyActivities } from "@temporalio/workflow";
import { LONG, SHORT } from "../activity-options.ts";
import type { JobRef } from "../job.ts";
import type { Held } from "../messages.ts";
import { temporalControl } from "../temporal-control.ts";
import type { AuditActivities } from "./activities.ts";
import { auditPlan, type AuditProgress } from "./plan.ts";
import type { Audited } from "./tasks.ts";

const { auditPart, writeAudit } = proxyActivities<AuditActivities>(LONG);
const { endAudit } = proxyActivities<AuditActivities>(SHORT);

/** A nightly look at everything that a tenant relies on. */
export async function audit(ref: JobRef, held: Held): Promise<Audited> {
  const control = temporalControl<AuditProgress>(held, { phase: "memory", done: 0, total: 5 });
  const result = await auditPlan(ref, { auditPart, writeAudit, endAudit }, control);
  await control.settled();
  return result;
}
