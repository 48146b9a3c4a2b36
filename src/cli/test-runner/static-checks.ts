import { runTool } from "./run-tool.ts";
import type { Tally } from "./tally.ts";

/** Checks that read the sources; each counts as one. The remedy is said when it fails. */
export const STATIC_CHECKS = {
  format: {
    args: ["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."],
    remedy: "npx prettier --write . puts it right.",
  },
  lint: {
    args: [
      "node_modules/oxlint/bin/oxlint",
      "--type-aware",
      "--deny-warnings",
      "--report-unused-disable-directives",
    ],
    remedy: "Every warning is an error; a rule is switched off for one line only with a reason.",
  },
  types: {
    args: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.json"],
    remedy: "npm run types shows the same.",
  },
} as const;

export type StaticCheck = keyof typeof STATIC_CHECKS;

export async function runStaticCheck(
  check: StaticCheck,
  options: { readonly signal: AbortSignal; readonly colour: boolean },
): Promise<Tally> {
  const { args, remedy } = STATIC_CHECKS[check];
  const { exitCode, output } = await runTool(args, options);
  const ok = exitCode === 0;
  const failures = ok ? [] : [`${output.trimEnd()}\n${remedy}`];
  return { check, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [], failures };
}
