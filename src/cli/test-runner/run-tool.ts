import { spawn, type StdioOptions } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The checkout that this command line belongs to. */
export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");

export interface ToolRun {
  readonly exitCode: number;
  /** stdout and stderr in the order they came; empty when they went to the terminal. */
  readonly output: string;
}

/** Runs a JavaScript tool of node_modules in the checkout, on this very Node. */
export function runTool(
  args: readonly string[],
  options: { readonly signal: AbortSignal; readonly show?: number; readonly colour: boolean },
): Promise<ToolRun> {
  const stdio: StdioOptions = options.show === undefined ? "pipe" : ["ignore", options.show, 2];
  const colour = options.colour ? {} : { NO_COLOR: "1", FORCE_COLOR: undefined };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd: ROOT,
      stdio,
      signal: options.signal,
      env: { ...process.env, ...colour },
    });
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stdin?.end();
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }),
    );
  });
}
