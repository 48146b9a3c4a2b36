import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { MutantTrial } from "./try-mutant.ts";

const WORKER = fileURLToPath(new URL("./mutant-worker.ts", import.meta.url));

export interface RunOptions {
  /** Processes beside this one; default 2. */
  readonly workers?: number;
  /** Hears of every trial as it ends. */
  readonly onTrial?: (trial: MutantTrial) => void;
}

/**
 * Holds mutants and look-alikes against the harness, each name in whichever process is free.
 * @returns one trial per name, in the order of the names
 * @throws Error where a mutant cannot be made: its line is gone
 */
export async function runMutants(
  names: readonly string[],
  { workers = 2, onTrial }: RunOptions = {},
): Promise<readonly MutantTrial[]> {
  const waiting = [...names];
  const done = new Map<string, MutantTrial>();
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(WORKER, { execArgv: ["--disable-warning=ExperimentalWarning"], silent: true });
      let complaints = "";
      child.stderr!.on("data", (data) => (complaints += String(data)));
      const next = (): void => {
        const name = waiting.shift();
        if (name === undefined) child.disconnect();
        else child.send(name);
      };
      child.on("message", (trial: MutantTrial) => {
        done.set(trial.name, trial);
        onTrial?.(trial);
        next();
      });
      child.on("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(complaints.trim() || `a worker ended with ${code}`)),
      );
      next();
    });
  await Promise.all(Array.from({ length: Math.min(workers, names.length) }, work));
  return names.map((name) => done.get(name)!);
}
