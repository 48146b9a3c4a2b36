import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { RhymeError } from "../../lib/errors.ts";
import { cacheFolder } from "../cache-folder.ts";
import { writeWhole } from "../write-whole.ts";

type Env = Readonly<Record<string, string | undefined>>;

const stateSchema = z.object({
  schema: z.literal("rhyme.service/1"),
  service: z.string(),
  version: z.string(),
  base: z.number().int(),
  address: z.string(),
  ports: z.record(z.string(), z.number().int()),
  secrets: z.record(z.string(), z.string()),
  /** Null where `down` ended it, or it was never started. */
  process: z.object({ pid: z.number().int().positive(), started: z.string() }).nullable(),
  startedAt: z.string().nullable(),
});

/** What is kept of a service between two commands; its secrets too, so only its owner may read it. */
export type ServiceState = z.infer<typeof stateSchema>;

/** Where everything of one service lies. */
export interface ServicePlaces {
  readonly folder: string;
  readonly state: string;
  readonly data: string;
  readonly log: string;
  /** Beside the folder, so that wiping it does not pull it from under its holder. */
  readonly lock: string;
}

export function servicePlaces(service: string, env: Env = process.env): ServicePlaces {
  const services = join(cacheFolder(env), "services");
  const folder = join(services, service);
  return {
    folder,
    state: join(folder, "state.json"),
    data: join(folder, "data"),
    log: join(folder, "server.log"),
    lock: join(services, `${service}.lock`),
  };
}

/** Null where it was never started here. @throws RhymeError "store" where the file is damaged */
export function readState(service: string, env: Env = process.env): ServiceState | null {
  const { state } = servicePlaces(service, env);
  if (!existsSync(state)) return null;
  try {
    return stateSchema.parse(JSON.parse(readFileSync(state, "utf8")));
  } catch (error) {
    throw new RhymeError("store", {
      place: state,
      expected: `what ./rhyme services keeps of ${service}`,
      received: error instanceof SyntaxError ? "no JSON" : "something else",
      remedy: `End ${service} by hand if it runs, then ./rhyme services wipe ${service} begins anew.`,
    });
  }
}

/** Whole or not at all, and never readable by others, not for a moment. */
export function writeState(service: string, state: ServiceState, env: Env = process.env): void {
  const places = servicePlaces(service, env);
  mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  chmodSync(places.folder, 0o700);
  const before = process.umask(0o077);
  try {
    writeWhole(places.state, `${JSON.stringify(state, null, 2)}\n`);
  } finally {
    process.umask(before);
  }
}
