import type { ActivityTools } from "../activity-host.ts";
import { endJob } from "../job-folder.ts";
import type { JobRef } from "../job.ts";
import type { AuditedPart, Audited } from "./tasks.ts";

export interface AuditActivities {
  auditPart(input: JobRef & AuditedPart): Promise<AuditedPart>;
  writeAudit(ref: JobRef): Promise<Audited>;
  endAudit(ended: JobRef & { readonly result: Audited }): Promise<Audited>;
}

export function auditActivities({ host, pools }: ActivityTools): AuditActivities {
  return {
    auditPart: (input) => pools.cpu.run("auditPart", input, host()),
    writeAudit: (ref) => pools.cpu.run("writeAudit", ref, host()),
    endAudit: async ({ result, ...ref }) => endJob(ref, () => result),
  };
}
