import { relative } from "node:path";
import { z } from "zod";
import type { Skip, Tally } from "./tally.ts";

// The part of vitest's JSON report that is counted.
const reportSchema = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ ancestorTitles: z.array(z.string()), title: z.string(), status: z.string() }),
      ),
    }),
  ),
});

/** Why a test of this file may have been skipped; "" where nothing is known. */
export type SkipReason = (file: string) => string;

/**
 * Counts a report: every test counts as one, so does a file that failed without a failed test in it (it could not
 * be loaded, or a hook threw). Whatever else made vitest fail (errors outside tests, no tests at all) counts as one.
 */
export function tallyReport(json: unknown, root: string, exitCode: number, reasonOf: SkipReason): Tally {
  const report = reportSchema.parse(json);
  let passed = 0;
  const skipped: Skip[] = [];
  const failures: string[] = [];
  for (const result of report.testResults) {
    const file = relative(root, result.name);
    const before = failures.length;
    for (const test of result.assertionResults) {
      const name = [...test.ancestorTitles, test.title].join(" > ");
      if (test.status === "passed") passed++;
      else if (test.status === "failed") failures.push(`${file} > ${name}`);
      else skipped.push({ file, name, reason: reasonOf(result.name) });
    }
    if (result.status === "failed" && failures.length === before)
      failures.push(`${file}: ${result.message?.split("\n")[0] || "failed outside its tests"}`);
    if (result.assertionResults.length === 0 && result.status !== "failed")
      failures.push(`${file}: holds no test`);
  }
  if (passed + failures.length === 0) failures.push("no test ran");
  if ((exitCode !== 0 || !report.success) && failures.length === 0)
    failures.push(
      `vitest exited with ${exitCode} although no test failed (an error outside the tests; see above)`,
    );
  return { check: "unit", passed, failed: failures.length, skipped, failures };
}
