import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { stillRuns } from "./process-identity.ts";
import type { Service } from "./service.ts";
import { stateNow } from "./running-server.ts";
import { servicePlaces } from "./service-state.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * `running`: it answers. `silent`: its process is there, but does not answer (it may be starting). `crashed`: it ended
 * although nobody ended it. `stopped`: `down` ended it. `none`: never started here, or wiped.
 */
export type Condition = "running" | "silent" | "crashed" | "stopped" | "none";

export interface ServiceStatus {
  readonly service: string;
  readonly condition: Condition;
  readonly version: string;
  readonly address: string | null;
  readonly ports: Readonly<Record<string, number>> | null;
  readonly pid: number | null;
  readonly startedAt: string | null;
  readonly data: string;
  /** Bytes of its data on disk. */
  readonly bytes: number;
  readonly log: string;
}

/** How a service is; never its keys. */
export async function statusOf(service: Service, env: Env = process.env): Promise<ServiceStatus> {
  const state = stateNow(service, env);
  const { data, log } = servicePlaces(service.name, env);
  const runs = state?.process ? stillRuns(state.process) : false;
  const answers = runs && (await service.answers(state!.ports));
  const condition: Condition =
    state === null ? "none" : !state.process ? "stopped" : !runs ? "crashed" : answers ? "running" : "silent";
  return {
    ...{ service: service.name, condition, version: state?.version ?? service.version },
    ...{ address: state?.address ?? null, ports: state?.ports ?? null, data, bytes: bytesOf(data), log },
    ...{ pid: runs ? state!.process!.pid : null, startedAt: runs ? state!.startedAt : null },
  };
}

function bytesOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false }); // a running server removes files
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}
