import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const FLAGS = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];

export interface Ended {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once `text` has appeared on stderr; fails where it ends without. */
  said(text: string): Promise<void>;
}

export interface RunOptions {
  /** A clock that stands still at this instant. */
  readonly now?: number;
  /** As which user. */
  readonly uid?: number;
  readonly cwd?: string;
}

/** The words of the process that `./rhyme ARGS…` ends as: what the script hands over to once Node is found. */
export function commandLine(args: readonly string[], flags: readonly string[] = []): readonly string[] {
  return [process.execPath, ...FLAGS, ...flags, MAIN, ...args];
}

/** Starts `./rhyme ARGS…` as a process of its own. */
export function startRhyme(args: readonly string[], { now, uid, cwd }: RunOptions = {}): Running {
  const clock = now === undefined ? [] : ["--import", `data:text/javascript,Date.now=()=>${now}`];
  const [node, ...words] = commandLine(args, clock);
  const child = spawn(node!, words, {
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, "close").then(([code, signal]) => ({
    ...{ code: code as number | null, signal: signal as NodeJS.Signals | null },
    ...{ stdout, stderr },
  }));
  const said = async (text: string): Promise<void> => {
    while (!stderr.includes(text)) {
      const more = await Promise.race([once(child.stderr, "data"), ended]);
      if (!Array.isArray(more) && !stderr.includes(text)) throw new Error(`never said ${text}: ${stderr}`);
    }
  };
  return { pid: child.pid!, process: child, ended, said };
}

/** Runs `./rhyme ARGS…` to its end. */
export async function rhyme(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return startRhyme(args, options).ended;
}
