import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { RhymeError } from "../../lib/errors.ts";
import { cacheLock } from "../cache-lock.ts";
import type { Ui } from "../ui.ts";
import { takenPorts } from "./ports.ts";
import { identityOf, stillRuns, type ProcessIdentity } from "./process-identity.ts";
import { serverOf, stateNow } from "./running-server.ts";
import type { Service } from "./service.ts";
import { servicePlaces, writeState, type ServiceState } from "./service-state.ts";

export interface SupervisorOptions {
  readonly ui: Ui;
  readonly signal: AbortSignal;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const LOG_KEPT = 20e6; // bytes; then a new file is begun and the last one kept beside it
const READY_MS = 60_000;
const STOP_MS = 60_000;

export interface Up {
  readonly state: ServiceState;
  /** False where it ran already. */
  readonly started: boolean;
}

/**
 * Starts a service, or finds it running.
 * @throws RhymeError where it runs with another version or base, a port is taken, or it does not become ready
 */
export async function up(service: Service, base: number | null, options: SupervisorOptions): Promise<Up> {
  return locked(service, options, async () => {
    const { ui, signal, env = process.env } = options;
    const before = stateNow(service, env);
    if (before?.process && stillRuns(before.process)) {
      writeState(service.name, before, env); // one that was not written down is from now on
      const state = await found(service, before, base, signal);
      await service.prepare({ ports: state.ports, secrets: state.secrets, signal });
      return { state, started: false };
    }
    if (before?.process) ui.note(`${service.name} had ended without being asked to; starting it again`);
    const chosen = base ?? before?.base ?? service.defaultBase;
    const binary = await service.binary({ ui, signal, env });
    const ports = service.ports(chosen);
    await assertFree(service, ports);
    const places = servicePlaces(service.name, env);
    const secrets = before?.secrets ?? service.newSecrets();
    const address = service.address(ports);
    const { name, version } = service;
    let state: ServiceState = {
      ...{ schema: "rhyme.service/1", service: name, version, base: chosen, address, ports, secrets },
      ...{ process: null, startedAt: null },
    };
    writeState(name, state, env);
    rotate(places.log);
    const spawned = (pid: number): void => {
      state = { ...state, process: identityOf(pid), startedAt: new Date().toISOString() };
      writeState(name, state, env);
    };
    try {
      const { data: dataPath, log } = places;
      await service.launch({ binary, ports, dataPath, log, secrets, signal, spawned });
    } catch (error) {
      writeState(name, { ...state, process: null, startedAt: null }, env);
      throw error;
    }
    return { state, started: true };
  });
}

/** A server that runs already: it must be the one that is asked for, and ready, or soon so. */
async function found(
  service: Service,
  state: ServiceState,
  base: number | null,
  signal: AbortSignal,
): Promise<ServiceState> {
  const { name, version } = service;
  const remedy = `./rhyme services down ${name} ends it; then start it again.`;
  if (state.version !== version)
    throw refused(name, `version ${version}`, `${state.version}, which runs`, remedy);
  if (base !== null && state.base !== base)
    throw refused(name, `ports from ${base}`, `ports from ${state.base}, where it runs`, remedy);
  for (const deadline = performance.now() + READY_MS; ;) {
    if (await service.answers(state.ports)) return state;
    if (performance.now() > deadline || !stillRuns(state.process!))
      throw refused(name, "an answer", `none on ${state.address}`, remedy);
    await pause(200, undefined, { signal });
  }
}

async function assertFree(service: Service, ports: Readonly<Record<string, number>>): Promise<void> {
  const taken = await takenPorts(ports);
  if (taken.length === 0) return;
  const all = Object.values(ports);
  throw refused(
    service.name,
    `free ports ${Math.min(...all)} to ${Math.max(...all)}`,
    `${taken.join(", ")} taken by another program`,
    "--port N takes another block that begins at N.",
  );
}

function rotate(log: string): void {
  if (existsSync(log) && statSync(log).size > LOG_KEPT) renameSync(log, `${log}.1`);
}

/** Ends what `up` started and waits until it is gone; false where nothing ran. */
export async function down(service: Service, options: SupervisorOptions): Promise<boolean> {
  return locked(service, options, () => end(service, options));
}

async function end(service: Service, options: SupervisorOptions): Promise<boolean> {
  const { env = process.env } = options;
  const state = stateNow(service, env);
  if (!state?.process) return false;
  const ran = stillRuns(state.process); // another process may have its number by now
  if (ran) await kill(service, state.process, options);
  writeState(service.name, { ...state, process: null, startedAt: null }, env);
  return ran;
}

/** @throws RhymeError "store" where it outlives even SIGKILL */
async function kill(
  { name }: Service,
  server: ProcessIdentity,
  { ui }: Pick<SupervisorOptions, "ui">,
): Promise<void> {
  process.kill(server.pid, "SIGTERM");
  if (await gone(server, STOP_MS)) return;
  ui.note(`${name} did not end within ${STOP_MS / 1000} s and is killed`);
  if (stillRuns(server)) process.kill(server.pid, "SIGKILL");
  if (await gone(server, STOP_MS)) return;
  throw new RhymeError("store", {
    place: name,
    expected: "a server that ends",
    received: `process ${server.pid}, which still runs`,
    remedy: "Its disk may hang: look at that process, then run it again.",
  });
}

async function gone(process: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (stillRuns(process)) {
    if (performance.now() > deadline) return false;
    await pause(50);
  }
  return true;
}

/**
 * Ends it and removes its data, log and keys; what was built stays. Where what is kept of it is damaged or missing it
 * is known by its data folder, else by its ports.
 * @throws RhymeError where a server may still run that cannot be ended; everything stays then
 */
export async function wipe(service: Service, options: SupervisorOptions): Promise<void> {
  await locked(service, options, async () => {
    const { folder, state } = servicePlaces(service.name, options.env);
    const known = await end(service, options).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof RhymeError) || error.fields.place !== state) throw error;
        return false; // a damaged state is what wiping is for
      },
    );
    const left = serverOf(service, options.env);
    if (left !== null) await kill(service, left, options);
    if (!known && !existsSync("/proc/self/environ"))
      await assertFree(service, service.ports(service.defaultBase));
    rmSync(state, { force: true });
    rmSync(folder, { recursive: true, force: true });
  });
}

/** One start, end or wipe of a service at a time; whoever waited finds what the other did. */
async function locked<Value>(
  service: Service,
  { ui, signal, env }: SupervisorOptions,
  work: () => Promise<Value>,
): Promise<Value> {
  const { lock } = servicePlaces(service.name, env);
  mkdirSync(join(lock, ".."), { recursive: true });
  const release = await cacheLock(lock, `starts or ends ${service.name}`, ui, signal);
  try {
    return await work();
  } finally {
    release();
  }
}

function refused(service: string, expected: string, received: string, remedy: string): RhymeError {
  return new RhymeError("usage", { place: `services up ${service}`, expected, received, remedy });
}
