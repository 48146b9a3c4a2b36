import { execFile } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { ROOT } from "./test-runner/run-tool.ts";

/** What figures belong to: the state of the code and the machine. */
export interface Measured {
  readonly commit: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly node: string;
    readonly platform: string;
  };
}

export async function measuredHere(signal: AbortSignal): Promise<Measured> {
  const commit = await new Promise<string>((resolve) => {
    const args = ["-C", ROOT, "describe", "--always", "--dirty", "--abbrev=12"];
    execFile("git", args, { signal }, (error, stdout) => resolve(error ? "unknown" : stdout.trim()));
  });
  const processors = cpus();
  return {
    commit,
    machine: {
      cpu: processors[0]?.model.trim() ?? "unknown",
      cores: processors.length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
    },
  };
}
