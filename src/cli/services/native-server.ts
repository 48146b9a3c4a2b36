import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RhymeError } from "../../lib/errors.ts";

/** A server program of this machine, and how to know that it is ready. */
export interface NativeStart {
  /** What it is called in errors. */
  readonly name: string;
  readonly binary: string;
  readonly args: readonly string[];
  /** All that its environment says beyond what any program needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Made where it is not; the program works in it, so that it holds no folder where a command was typed. */
  readonly dataPath: string;
  /** What both streams say is appended here. */
  readonly log: string;
  /** Asked every 50 ms until it says yes. */
  readonly ready: () => Promise<boolean>;
  /** Throws where what runs is not what is wanted. */
  readonly check: () => Promise<void>;
  /** What the program says in a line of its log that speaks of an error; null of any other line. */
  readonly errorIn: (line: string) => string | null;
  /** ms until it must be ready. */
  readonly deadlineMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** It outlives this process. */
  readonly detached?: boolean | undefined;
  /** Called the moment its process exists, before it is ready. */
  readonly spawned?: ((pid: number) => void) | undefined;
}

export interface NativeServer {
  readonly pid: number;
  readonly log: string;
  /** Asks it to end and waits until it has; killed where it takes too long. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

const STOP_MS = 60_000;

/**
 * Starts a program as a server and waits until it is ready.
 * @throws RhymeError "store" where it ends instead or is not ready in time, and what `check` throws; nothing is left then
 */
export async function startNative(start: NativeStart): Promise<NativeServer> {
  const { log, detached = false } = start;
  mkdirSync(start.dataPath, { recursive: true });
  const child = spawnServer(start);
  const ended = new Promise<void>((ends) => {
    child.once("exit", () => ends());
    child.once("error", () => ends());
  });
  const end = async (by: NodeJS.Signals): Promise<void> => {
    child.kill(by);
    const late = new AbortController();
    const slow = pause(STOP_MS, undefined, { signal: late.signal }).then(
      () => child.kill("SIGKILL"),
      () => undefined,
    );
    await ended;
    late.abort();
    await slow;
  };
  try {
    if (child.pid !== undefined) start.spawned?.(child.pid);
    await untilReady(child, start);
    await start.check();
  } catch (error) {
    if (child.pid !== undefined) await end("SIGKILL");
    throw error;
  }
  if (detached) child.unref();
  return { pid: child.pid!, log, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

/** Of our own environment only what any program needs: another's settings of the same server must not leak in. */
function inherited(): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR", "TZ", "GOMEMLIMIT", "GOMAXPROCS"];
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function spawnServer({ binary, args, env, log, dataPath, detached = false }: NativeStart): ChildProcess {
  mkdirSync(join(log, ".."), { recursive: true });
  const file = openSync(log, "a", 0o600);
  try {
    const child = spawn(resolve(binary), [...args], {
      env: { ...inherited(), ...env },
      cwd: dataPath,
      detached,
      stdio: ["ignore", file, file],
    });
    if (!detached) {
      const kill = (): void => void child.kill("SIGKILL"); // nobody would end it later
      process.once("exit", kill);
      child.once("exit", () => process.off("exit", kill));
    }
    return child;
  } finally {
    closeSync(file);
  }
}

async function untilReady(child: ChildProcess, start: NativeStart): Promise<void> {
  const { deadlineMs = 60_000, signal } = start;
  let failure: Error | null = null;
  child.once("error", (error) => (failure = error));
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    if (failure !== null) throw notReady(start, `it cannot be started: ${(failure as Error).message}`);
    if (child.exitCode !== null || child.signalCode !== null)
      throw notReady(start, `it ended (${child.signalCode ?? `exit ${child.exitCode}`})`);
    if (performance.now() > deadline)
      throw notReady(start, `it was not ready within ${Math.round(deadlineMs / 1000)} s`);
    if (await start.ready()) return;
    await pause(50, undefined, signal ? { signal } : {});
  }
}

function notReady({ name, log, errorIn }: NativeStart, received: string): RhymeError {
  const last = existsSync(log) ? lastError(readFileSync(log, "utf8"), errorIn) : "";
  return new RhymeError("store", {
    place: name,
    expected: "a server that starts",
    received: last ? `${received}: ${last}` : received,
    remedy: `What it said stands in ${log}.`,
  });
}

/** The newest line of its log that speaks of an error, as it said it. */
function lastError(text: string, errorIn: (line: string) => string | null): string {
  const lines = text.trim().split("\n").slice(-50).reverse();
  for (const line of lines) {
    const found = errorIn(line);
    if (found !== null) return found.slice(0, 300);
  }
  return "";
}
