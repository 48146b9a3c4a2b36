import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createRng } from "../../lib/math/rng.ts";
import { memoryContent } from "../../lib/testing/memory-content.ts";
import { EXIT } from "../errors.ts";
import { rhyme, startRhyme, type Ended, type RunOptions } from "./run-rhyme.ts";
import type { Workload } from "./workloads.ts";

const STOPPED = EXIT.interrupted;

/** What became of one memory whose writer was killed. */
export interface Killed {
  readonly workload: string;
  /** When the kill came, as a share of an undisturbed run and in ms. */
  readonly share: number;
  readonly ms: number;
  readonly ended: Ended;
  /** Whether the killed memory held something else than a finished one. */
  readonly unfinished: boolean;
  /** What the next run got wrong: its message, or the tables and files that differ; empty where nothing. */
  readonly wrong: readonly string[];
}

export interface KillOptions {
  readonly folder: string;
  readonly kills: number;
  readonly seed: number;
  readonly lanes: number;
  /** Default: SIGKILL, which nothing can catch. */
  readonly signal?: NodeJS.Signals;
  readonly onKill?: (killed: Killed) => void;
}

/**
 * Ends `kills` runs of a workload by a signal, each at a seeded moment of its own slice of the time that an
 * undisturbed run takes, lets the next run finish, and compares the memory with the undisturbed one. A run that ended
 * before its kill does not count and is done again at an earlier moment.
 */
export async function killRemember(workload: Workload, options: KillOptions): Promise<readonly Killed[]> {
  const { folder, kills, seed, lanes, signal = "SIGKILL", onKill } = options;
  const rng = createRng(seed);
  const whole = await undisturbed(workload, folder);
  const shares = Array.from({ length: kills }, (_, i) => (i + rng.next()) / kills);
  const done: Killed[] = [];
  const lane = async (name: string): Promise<void> => {
    for (let share = shares.shift(); share !== undefined; share = shares.shift()) {
      const killed = await killOnce(workload, join(folder, name), share, whole, signal);
      if (killed) done.push(killed);
      else shares.push(share * 0.9);
      if (killed) onKill?.(killed);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, i) => lane(`${workload.name}-${i}`)));
  return done;
}

interface Whole {
  readonly content: Readonly<Record<string, string>>;
  readonly ms: number;
}

async function undisturbed(workload: Workload, folder: string): Promise<Whole> {
  const memory = fresh(workload, join(folder, `${workload.name}-whole`));
  const started = performance.now();
  const { code, stderr } = await rhyme(argsOf(workload, memory), clockOf(workload));
  if (code !== 0) throw new Error(`${workload.name} fails undisturbed: ${stderr}`);
  return { ms: performance.now() - started, content: memoryContent(memory) };
}

async function killOnce(
  workload: Workload,
  at: string,
  share: number,
  whole: Whole,
  signal: NodeJS.Signals,
): Promise<Killed | null> {
  const memory = fresh(workload, at);
  const running = startRhyme(argsOf(workload, memory), clockOf(workload));
  const ms = share * whole.ms;
  await setTimeout(ms);
  running.process.kill(signal);
  const ended = await running.ended;
  if (ended.code === 0) return null;
  if (ended.code !== null && ended.code !== STOPPED)
    throw new Error(`${workload.name} fails: ${ended.stderr}`);
  const unfinished = differences(existsSync(memory) ? memoryContent(memory) : {}, whole.content).length > 0;
  const next = await rhyme(argsOf(workload, memory), clockOf(workload));
  const wrong = next.code === 0 ? differences(memoryContent(memory), whole.content) : [next.stderr];
  return { workload: workload.name, share, ms, ended, unfinished, wrong };
}

function argsOf({ args }: Workload, memory: string): readonly string[] {
  return [...args, "--memory", memory];
}

function clockOf({ now }: Workload): RunOptions {
  return now === undefined ? {} : { now };
}

/** The memory as it is before the run. */
function fresh({ before }: Workload, memory: string): string {
  rmSync(memory, { recursive: true, force: true });
  if (before !== null) cpSync(before, memory, { recursive: true });
  return memory;
}

/** Names of tables and files that are not the same in both. */
function differences(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
}
