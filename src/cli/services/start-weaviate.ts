import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RhymeError } from "../../lib/errors.ts";
import { freePortBlock, type PortBlock } from "./ports.ts";
import {
  newWeaviateKeys,
  WEAVIATE_VERSION,
  weaviateEnvironment,
  type WeaviateKeys,
} from "./weaviate-settings.ts";

export interface WeaviateStart {
  readonly binary: string;
  /** A free block where none is named. */
  readonly ports?: PortBlock;
  readonly dataPath: string;
  /** The key of `admin`; the others are new. */
  readonly key?: string;
  readonly keys?: WeaviateKeys;
  /** What both streams say is appended here; DATA.log where no file is named. */
  readonly log?: string;
  /** More or other settings, over ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** ms until it must be ready. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** It outlives this process. */
  readonly detached?: boolean;
  /** Called the moment its process exists, before it is ready. */
  readonly spawned?: (pid: number) => void;
}

export interface WeaviateServer {
  /** `weaviate://127.0.0.1:PORT`; gRPC is the next port. */
  readonly address: string;
  /** The key of `admin`. */
  readonly key: string;
  readonly keys: WeaviateKeys;
  readonly ports: PortBlock;
  readonly pid: number;
  readonly log: string;
  /** Asks it to end and waits until it has; killed where it takes too long. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

const STOP_MS = 60_000;

/**
 * Starts a native Weaviate on loopback and waits until it is ready.
 * @throws RhymeError "store" where it ends instead, is not ready in time or of another version; nothing is left then
 */
export async function startWeaviate(start: WeaviateStart): Promise<WeaviateServer> {
  const { binary, key, deadlineMs = 60_000, signal, detached = false } = start;
  const dataPath = resolve(start.dataPath);
  const ports = start.ports ?? (await freePortBlock());
  const keys = start.keys ?? { ...newWeaviateKeys(), ...(key === undefined ? {} : { admin: key }) };
  const log = start.log ?? `${dataPath}.log`;
  mkdirSync(dataPath, { recursive: true });
  const env = { ...inherited(), ...weaviateEnvironment(ports, dataPath, keys), ...start.env };
  const child = spawnServer(binary, ports.rest, { env, log, cwd: dataPath, detached });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
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
    await ready(child, ports.rest, { log, deadlineMs, ...(signal ? { signal } : {}) });
    await assertVersion(binary, ports.rest, keys.admin);
  } catch (error) {
    if (child.pid !== undefined) await end("SIGKILL");
    throw error;
  }
  if (detached) child.unref();
  return {
    ...{ address: `weaviate://127.0.0.1:${ports.rest}`, key: keys.admin, keys, ports, pid: child.pid!, log },
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

/** Of our own environment only what any program needs: another's WEAVIATE settings must not leak in. */
function inherited(): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR", "TZ", "GOMEMLIMIT", "GOMAXPROCS"];
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

interface Spawning {
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  /** The folder of its data: a server that stays must not hold the one where a command was typed. */
  readonly cwd: string;
  readonly detached: boolean;
}

function spawnServer(binary: string, port: number, { env, log, cwd, detached }: Spawning): ChildProcess {
  mkdirSync(join(log, ".."), { recursive: true });
  const file = openSync(log, "a", 0o600);
  try {
    const args = ["--host", "127.0.0.1", "--port", String(port), "--scheme", "http"];
    const child = spawn(resolve(binary), args, { env, cwd, detached, stdio: ["ignore", file, file] });
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

async function ready(
  child: ChildProcess,
  port: number,
  options: { readonly log: string; readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  const { log, deadlineMs, signal } = options;
  let failure: Error | null = null;
  child.once("error", (error) => (failure = error));
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    if (failure !== null) throw notReady(log, `it cannot be started: ${(failure as Error).message}`);
    if (child.exitCode !== null || child.signalCode !== null)
      throw notReady(log, `it ended (${child.signalCode ?? `exit ${child.exitCode}`})`);
    if (performance.now() > deadline)
      throw notReady(log, `it was not ready within ${Math.round(deadlineMs / 1000)} s`);
    if (await isReady(port)) return;
    await pause(50, undefined, signal ? { signal } : {});
  }
}

/** Whether a Weaviate on this port of loopback says that it is ready. */
export async function isReady(port: number, timeoutMs = 2000): Promise<boolean> {
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/.well-known/ready`, { signal }).catch(() => null);
  await answer?.body?.cancel();
  return answer?.status === 200;
}

/** A binary says its version only when it runs. */
async function assertVersion(binary: string, port: number, key: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/meta`, { headers, signal });
  const { version } = (await answer.json()) as { version?: string };
  if (version === WEAVIATE_VERSION) return;
  throw new RhymeError("mismatch", {
    place: binary,
    expected: `weaviate ${WEAVIATE_VERSION}`,
    received: version ?? `no version (HTTP ${answer.status})`,
    remedy: "Name another binary in RHYME_WEAVIATE, or none: then the right one is built.",
  });
}

function notReady(log: string, received: string): RhymeError {
  const last = existsSync(log) ? lastErrors(readFileSync(log, "utf8")) : "";
  return new RhymeError("store", {
    place: "weaviate",
    expected: "a server that starts",
    received: last ? `${received}: ${last}` : received,
    remedy: `What it said stands in ${log}.`,
  });
}

/** The newest line of its log that speaks of an error, as it said it. */
function lastErrors(text: string): string {
  const lines = text.trim().split("\n").slice(-50).reverse();
  for (const line of lines) {
    const found =
      /"level":"(?:fatal|error|panic)".*?"msg":"((?:[^"\\]|\\.)*)"/.exec(line) ?? /^(panic: .*)/.exec(line);
    if (found) return found[1]!.slice(0, 300);
  }
  return "";
}
