import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface Child {
  readonly pid: number;
  /** Sends a line. */
  tell(line: string): void;
  /** The next line it prints; fails with what it wrote to stderr when it ends instead. */
  heard(): Promise<string>;
  kill(): Promise<void>;
  ended(): Promise<void>;
}

/** Runs a file beside this one in a Node of its own. */
export function child(file: string, ...args: readonly string[]): Child {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const started: ChildProcess = spawn(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    path,
    ...args,
  ]);
  let complaints = "";
  started.stderr!.on("data", (data) => (complaints += String(data)));
  started.stdin!.on("error", () => {}); // it may have been killed
  const lines = createInterface({ input: started.stdout! })[Symbol.asyncIterator]();
  const exit = once(started, "exit");
  return {
    pid: started.pid!,
    tell: (line) => void started.stdin!.write(`${line}\n`),
    heard: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`it ended: ${complaints}`);
      return value;
    },
    kill: async () => {
      started.kill("SIGKILL");
      await exit;
    },
    ended: async () => void (await exit),
  };
}
