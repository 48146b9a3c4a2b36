import { resolve } from "node:path";
import { RhymeError } from "../../lib/errors.ts";
import { startNative, type NativeServer } from "./native-server.ts";
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

export interface WeaviateServer extends NativeServer {
  /** `weaviate://127.0.0.1:PORT`; gRPC is the next port. */
  readonly address: string;
  /** The key of `admin`. */
  readonly key: string;
  readonly keys: WeaviateKeys;
  readonly ports: PortBlock;
}

/**
 * Starts a native Weaviate on loopback and waits until it is ready.
 * @throws RhymeError "store" where it ends instead, is not ready in time or of another version; nothing is left then
 */
export async function startWeaviate(start: WeaviateStart): Promise<WeaviateServer> {
  const { binary, key, deadlineMs, signal, detached, spawned } = start;
  const dataPath = resolve(start.dataPath);
  const ports = start.ports ?? (await freePortBlock());
  const keys = start.keys ?? { ...newWeaviateKeys(), ...(key === undefined ? {} : { admin: key }) };
  const server = await startNative({
    name: "weaviate",
    binary,
    args: ["--host", "127.0.0.1", "--port", String(ports.rest), "--scheme", "http"],
    env: { ...weaviateEnvironment(ports, dataPath, keys), ...start.env },
    dataPath,
    log: start.log ?? `${dataPath}.log`,
    ready: () => isReady(ports.rest),
    check: () => assertVersion(binary, ports.rest, keys.admin),
    errorIn: (line) =>
      (/"level":"(?:fatal|error|panic)".*?"msg":"((?:[^"\\]|\\.)*)"/.exec(line) ??
        /^(panic: .*)/.exec(line))?.[1] ?? null,
    ...{ deadlineMs, signal, detached, spawned },
  });
  return { ...server, address: `weaviate://127.0.0.1:${ports.rest}`, key: keys.admin, keys, ports };
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
