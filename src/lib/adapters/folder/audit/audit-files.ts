import { rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../../files/write-atomically.ts";
import { alertOf, type AuditReport } from "./audit-report.ts";

/** Where the report of a day lies, and the alert beside it where there is one. */
export interface AuditFiles {
  readonly report: string;
  readonly alert: string | null;
}

/**
 * Writes a report to `<memory>/audits/<date>.json` (with the tenant in the name unless it is `default`), and
 * `<date>.alert.json` beside it where something is wrong; a later report of the same day takes the place of both.
 */
export function writeAudit(memory: string, report: AuditReport): AuditFiles {
  const date = report.at.slice(0, 10);
  const name = report.tenant === "default" ? date : `${date}-${report.tenant}`;
  const [file, alertFile] = [`${name}.json`, `${name}.alert.json`].map((one) =>
    join(memory, "audits", one),
  ) as [string, string];
  const alert = alertOf(report);
  writeAtomically(file, `${JSON.stringify(report, null, 1)}\n`);
  if (alert === null) rmSync(alertFile, { force: true });
  else writeAtomically(alertFile, `${JSON.stringify(alert, null, 1)}\n`);
  return { report: file, alert: alert === null ? null : alertFile };
}
