import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { identityOf, stillRuns, type ProcessIdentity } from "./process-identity.ts";
import type { Service } from "./service.ts";
import { readState, servicePlaces, type ServiceState } from "./service-state.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The server that works on a service's data folder, whatever is written down: an `up` that was killed the moment it
 * had started one wrote nothing. It is known by its working folder and by what it was told, so that a shell or an
 * editor in that folder is none. Null where there is none, and on systems without /proc.
 */
export function serverOf(service: Service, env: Env = process.env): ProcessIdentity | null {
  const { data } = servicePlaces(service.name, env);
  if (!existsSync("/proc/self/environ") || !existsSync(data)) return null;
  const folder = realpathSync(data);
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readlinkSync(`/proc/${name}/cwd`) !== folder) continue;
      const told = readFileSync(`/proc/${name}/environ`, "utf8").split("\0");
      if (told.includes(service.toldOf(data))) return identityOf(Number(name));
    } catch {
      // it has ended, or is another user's
    }
  }
  return null;
}

/**
 * What is kept of a service, with the process that really runs; null where it was never started here.
 * @throws RhymeError "store" where what is kept is damaged
 */
export function stateNow(service: Service, env: Env = process.env): ServiceState | null {
  const state = readState(service.name, env);
  if (state === null || (state.process && stillRuns(state.process))) return state;
  const left = serverOf(service, env);
  return left === null ? state : { ...state, process: left };
}
