import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode, DefaultLogger, type Logger } from "@temporalio/worker";

const ALL = fileURLToPath(
  new URL(`./all-workflows.${import.meta.url.endsWith(".ts") ? "ts" : "js"}`, import.meta.url),
);
const ROOT = fileURLToPath(new URL("../", import.meta.url));

export interface WorkflowCode {
  readonly code: string;
  /** 16 hex digits that change with what the files of workflows say: not with activities, nor with the folder. */
  readonly buildId: string;
}

/** All workflows and what they import, as the sandbox runs them. @param path default: all-workflows.ts */
export async function workflowCode(logger: Logger, path: string = ALL): Promise<WorkflowCode> {
  const { code } = await bundleWorkflowCode({ workflowsPath: path, logger: warningsOf(logger) });
  return { code, buildId: buildIdOf(code) };
}

/** The bundler tells every module it takes; only what it warns of is worth a line. */
function warningsOf(logger: Logger): Logger {
  return new DefaultLogger("WARN", ({ level, message, meta }) => logger.log(level, message, meta));
}

/** The source map at its end holds whole paths; the folder of the checkout is in the names of modules. */
export function buildIdOf(code: string): string {
  const without = code.replace(/\/\/# sourceMappingURL=.*\s*$/, "").replaceAll(ROOT, "");
  return createHash("sha256").update(without).digest("hex").slice(0, 16);
}
