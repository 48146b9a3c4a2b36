import { join, resolve } from "node:path";
import { RhymeError } from "../../lib/errors.ts";
import { NAMESPACE } from "../../../workflows/queues.ts";
import { startNative, type NativeServer, type NativeStart } from "./native-server.ts";
import { freePortBlock } from "./ports.ts";
import {
  RETENTION_DAYS,
  TEMPORAL_VERSION,
  temporalArguments,
  temporalPorts,
  type TemporalPorts,
} from "./temporal-settings.ts";

export interface TemporalStart extends Pick<NativeStart, "signal" | "detached" | "spawned" | "deadlineMs"> {
  readonly binary: string;
  /** Free ones where none are named. */
  readonly ports?: TemporalPorts;
  readonly dataPath: string;
  /** DATA.log where no file is named. */
  readonly log?: string;
}

export interface TemporalServer extends NativeServer {
  /** `temporal://127.0.0.1:PORT`. */
  readonly address: string;
  readonly ports: TemporalPorts;
}

/**
 * Starts a Temporal server on loopback, its state in a file, and waits until it has our namespace.
 * @throws RhymeError "store" where it ends instead, is not ready in time or of another version; nothing is left then
 */
export async function startTemporal(start: TemporalStart): Promise<TemporalServer> {
  const { binary, deadlineMs, signal, detached, spawned } = start;
  const dataPath = resolve(start.dataPath);
  const ports = start.ports ?? temporalPorts((await freePortBlock()).rest);
  const server = await startNative({
    name: "temporal",
    binary,
    args: temporalArguments(ports, join(dataPath, databaseFile)),
    env: temporalEnvironment(dataPath),
    dataPath,
    log: start.log ?? `${dataPath}.log`,
    ready: () => isReadyTemporal(ports),
    check: async () => {
      await assertVersion(binary, ports);
      await keepEnded(ports);
    },
    errorIn: (line) =>
      /"level":"(?:FATAL|PANIC)".*?"error":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? saidAtStart(line),
    ...{ deadlineMs, signal, detached, spawned },
  });
  return { ...server, address: `temporal://127.0.0.1:${ports.grpc}`, ports };
}

/** Another version's tables are others, and are made only with the file: each version has its own. */
const databaseFile = `temporal-${TEMPORAL_VERSION}.db`;

/** The server reads none of this: it is how one is told from another in /proc. */
export function temporalEnvironment(dataPath: string): Readonly<Record<string, string>> {
  return { RHYME_TEMPORAL_DATA: dataPath };
}

/** What the command line says when its server cannot start: `Error: unable to listen …`. */
function saidAtStart(line: string): string | null {
  return /^(?:time=.*level=ERROR msg="?|Error: )(.*?)"?$/.exec(line)?.[1] ?? null;
}

/** Whether a Temporal on these ports of loopback knows our namespace. */
export async function isReadyTemporal(ports: TemporalPorts, timeoutMs = 2000): Promise<boolean> {
  const answer = await api(ports, `/namespaces/${NAMESPACE}`, timeoutMs).catch(() => null);
  await answer?.body?.cancel();
  return answer?.status === 200;
}

function api(ports: TemporalPorts, path: string, timeoutMs: number, body?: object): Promise<Response> {
  const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const headers = { "content-type": "application/json" };
  const signal = AbortSignal.timeout(timeoutMs);
  return fetch(`http://127.0.0.1:${ports.http}/api/v1${path}`, { headers, signal, ...sent });
}

async function assertVersion(binary: string, ports: TemporalPorts): Promise<void> {
  const answer = await api(ports, "/system-info", 10_000);
  const { serverVersion } = (await answer.json()) as { serverVersion?: string };
  if (serverVersion === TEMPORAL_VERSION) return;
  throw new RhymeError("mismatch", {
    place: binary,
    expected: `the server ${TEMPORAL_VERSION}`,
    received: serverVersion ?? `no version (HTTP ${answer.status})`,
    remedy: "Name another binary in RHYME_TEMPORAL, or none: then the right one is built.",
  });
}

/** The server keeps what has ended for a day, unless it is told otherwise. */
async function keepEnded(ports: TemporalPorts): Promise<void> {
  const config = { workflowExecutionRetentionTtl: `${RETENTION_DAYS * 86_400}s` };
  const answer = await api(ports, `/namespaces/${NAMESPACE}/update`, 10_000, { config });
  await answer.body?.cancel();
  if (answer.status === 200) return;
  throw new RhymeError("store", {
    place: "temporal",
    expected: `namespace ${NAMESPACE} to keep what has ended for ${RETENTION_DAYS} days`,
    received: `HTTP ${answer.status}`,
    remedy: "./rhyme services logs temporal says more.",
  });
}
