import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { sha256Hex } from "../../lib/math/hash.ts";
import { codeHash } from "../code-hash.ts";
import { writeWhole } from "../write-whole.ts";
import { CHUNK_HISTORIES } from "./chunk.ts";
import { emptyState, type RunState } from "./run-state.ts";

/** What must be the same for a stopped run to go on. */
export interface RunKey {
  readonly seed: number;
  readonly histories: number;
  readonly registry: string;
  readonly only: readonly string[] | null;
}

/** The state of a run on disk, from its first chunk to its end. */
export interface KeptState {
  readonly state: RunState;
  save(): void;
  /** The run is over: the next one begins anew. */
  remove(): void;
}

/** A run that nobody goes on with. */
export function unkeptState(): KeptState {
  return { state: emptyState(), save: () => undefined, remove: () => undefined };
}

/** The state that a stopped run of the same histories, subjects and code left in the folder, else an empty one. */
export function keptState(folder: string, key: RunKey): KeptState {
  const code = [codeHash(/^$/), process.version, readFileSync(fileURLToPath(key.registry), "utf8")];
  const whole = JSON.stringify([key, CHUNK_HISTORIES, ...code]);
  const id = sha256Hex(new TextEncoder().encode(whole)).slice(0, 16);
  const file = join(folder, `look-ahead-${key.seed}-${key.histories}-${id}.json`);
  mkdirSync(folder, { recursive: true });
  const state = stateIn(file);
  return {
    state,
    save: () => writeWhole(file, `${JSON.stringify(state)}\n`),
    remove: () => rmSync(file, { force: true }),
  };
}

function stateIn(file: string): RunState {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RunState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return emptyState();
    throw error;
  }
}
