import { spawn } from "node:child_process";

/** How a command of others ended: null where well, else the end of what it said. */
export interface CommandEnd {
  readonly failure: string | null;
  readonly stdout: string;
}

/** Runs to its end; a signal ends it, with all that it started. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly signal: AbortSignal; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<CommandEnd> {
  const { signal, cwd, env = process.env } = options;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env,
      detached: true, // a group of its own: npm, pip and compilers start others
      ...(cwd === undefined ? {} : { cwd }),
    });
    const stop = (): void => {
      try {
        process.kill(-child.pid!, "SIGTERM");
      } catch {
        // It has ended by itself.
      }
    };
    signal.addEventListener("abort", stop, { once: true });
    let [stdout, all] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      all += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => (all = `${all}${chunk.toString()}`.slice(-20_000)));
    child.on("error", (error) => resolve({ failure: error.message, stdout }));
    child.on("close", (code, killed) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) return reject(signal.reason as Error);
      const ended = killed === null ? `exit ${code}` : `ended by ${killed}`;
      resolve({ failure: code === 0 ? null : `${all.trim().slice(-2000)} (${ended})`, stdout });
    });
  });
}
