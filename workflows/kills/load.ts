import { readFileSync } from "node:fs";
import { MAX_WINDOW } from "../messages.ts";
import { syntheticJob } from "./fixture.ts";
import { backfillOf, KillWorld } from "./kill-world.ts";
import { undisturbed } from "./killed-world.ts";

export interface LoadOptions {
  readonly binary: string;
  /** An empty folder. */
  readonly at: string;
  readonly symbols: number;
  readonly withinMs: number;
}

export interface LoadFigures {
  readonly symbols: number;
  /** Series at once. */
  readonly window: number;
  readonly candles: number;
  readonly seconds: number;
  readonly ended: string;
  /** Runs of workflows, and the longest histories among them. */
  readonly runs: number;
  readonly mostEvents: number;
  readonly mostBytes: number;
  /** The largest resident sets, MB. */
  readonly serverMb: number;
  readonly workerMb: number;
  /** What is not as in a run in process; empty where nothing. */
  readonly wrong: readonly string[];
}

/** A day of 5m candles. */
const ROWS = 288;

/** The server's limits are 51,200 events and 50 MiB; it warns from these on. */
export const WARNED: { readonly events: number; readonly bytes: number } = {
  events: 10_240,
  bytes: 10 * 2 ** 20,
};

/** One day of many symbols, begun at once, as many side by side as a job may have. */
export async function underLoad({ binary, at, symbols, withinMs }: LoadOptions): Promise<LoadFigures> {
  const names = Array.from({ length: symbols }, (_, i) => `S${String(i).padStart(4, "0")}`);
  const whole = await undisturbed(at, await syntheticJob(at, { rows: ROWS, symbols: names }));
  const world = await KillWorld.start(binary, at);
  try {
    const worker = await world.nextWorker(null);
    const ref = whole.again("loaded");
    const began = performance.now();
    const work = backfillOf(ref, MAX_WINDOW);
    await world.begin(work);
    const [ended] = await world.untilEnded([work], () => undefined, withinMs);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const histories = await world.histories();
    return {
      ...{
        symbols,
        window: MAX_WINDOW,
        candles: symbols * ROWS,
        seconds,
        ended: ended!,
        runs: histories.length,
      },
      mostEvents: Math.max(...histories.map(({ events }) => events)),
      mostBytes: Math.max(...histories.map(({ bytes }) => bytes)),
      serverMb: peakMb(world.serverPid),
      workerMb: peakMb(worker.pid),
      wrong: whole.wrong(ref.memory),
    };
  } finally {
    await world.end();
  }
}

function peakMb(pid: number): number {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Math.round(Number(peak![1]) / 1024);
}
