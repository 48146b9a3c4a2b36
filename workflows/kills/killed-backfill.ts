import { readdirSync, existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Rng } from "../../src/lib/math/rng.ts";
import type { Begin } from "../client.ts";
import type { JobRef } from "../job.ts";
import type { KillOrders, Side } from "./kill-points.ts";
import { backfillOf, type KillWorld } from "./kill-world.ts";

export type Target = "worker" | "server";

export interface KillAtPoints {
  readonly target: Target;
  readonly points: KillOrders["points"];
  readonly sides: readonly Side[];
  /** A folder for the points that are through. */
  readonly done: string;
  /** After so many kills it is left to end; default: every point. */
  readonly most?: number;
  /** One kill ends all that comes to its point within so many ms; default 0. */
  readonly gatherMs?: number;
  readonly withinMs: number;
  readonly onKill?: () => void;
}

/** Work to be begun, and what it is told then. */
export interface Killed {
  readonly begin: Begin;
  readonly signal?: string;
}

/**
 * One run of some work, side by side, whose worker, or whose server, is killed at every point at which it comes by,
 * unless another run was killed there; what was killed is started again. Returns the points, and how all of it ended.
 */
export async function killAtPoints(
  world: KillWorld,
  works: readonly Killed[],
  { target, points, sides, done, most = Infinity, gatherMs = 0, withinMs, onKill }: KillAtPoints,
): Promise<{ readonly ended: readonly string[]; readonly points: readonly string[] }> {
  const donePoints = (): string[] => (existsSync(done) ? readdirSync(done).sort() : []);
  const before = new Set(donePoints());
  const fresh = (): string[] => donePoints().filter((point) => !before.has(point));
  const orders = (): KillOrders | null =>
    fresh().length < most
      ? { pid: target === "worker" ? null : world.serverPid, points, sides, done, gatherMs }
      : null;
  await world.nextWorker(orders());
  for (const { begin, signal } of works) await world.begin(begin, signal);
  const tend = async (): Promise<void> => {
    if (!world.serverAlive()) {
      await world.restartServer();
      onKill?.();
      world.worker.tell(world.orders(orders()));
    }
    if (world.worker.alive) return;
    if (target === "worker") onKill?.();
    await world.nextWorker(orders());
  };
  const ended = await world.untilEnded(
    works.map(({ begin }) => begin),
    tend,
    withinMs,
  );
  await world.worker.kill();
  return { ended, points: fresh() };
}

export interface KillAtRandom {
  readonly rng: Rng;
  /** A worker is killed within so many ms after it began to do something. */
  readonly withinMs: number;
  /** After these, the work is left to end. */
  readonly kills: number;
  /** Of how many kills one is the server's instead; 0: none. */
  readonly everyServer: number;
  /** After so many kills the server's database is deleted, and the job begun again; null: never. */
  readonly databaseDeletedAfter: number | null;
  readonly deadlineMs: number;
  readonly onKill?: (target: Target, ms: number) => void;
}

/** One run of a job whose worker, or whose server, is killed at random moments while it works. */
export async function killAtRandom(
  world: KillWorld,
  ref: JobRef,
  { rng, withinMs, kills, everyServer, databaseDeletedAfter, deadlineMs, onKill }: KillAtRandom,
): Promise<{
  readonly ended: string;
  readonly kills: number;
  readonly workers: number;
  readonly servers: number;
}> {
  const done = { worker: 0, server: 0 };
  const total = (): number => done.worker + done.server;
  await world.nextWorker(null);
  const work = backfillOf(ref);
  await world.begin(work);
  const kill = async (): Promise<void> => {
    const target = everyServer > 0 && (total() + 1) % everyServer === 0 ? "server" : "worker";
    const ms = Math.floor(rng.next() * withinMs);
    const busy = await Promise.race([world.worker.busy().then(() => true), pause(20_000, false)]);
    if (!busy) {
      // It waits for something that is through; or the server, slow to start on a busy machine, gave up by itself.
      if (!world.serverAlive()) await world.restartServer();
      return;
    }
    await pause(ms);
    if ((await world.ended(work)) !== null) return;
    if (target === "worker") await world.worker.kill();
    done[target]++;
    onKill?.(target, ms);
    if (total() === databaseDeletedAfter) {
      await world.restartServer("deleted");
      await world.begin(work);
    } else if (target === "server") await world.restartServer();
    if (world.worker.alive) world.worker.tell(world.orders(null));
    else await world.nextWorker(null);
  };
  const tend = (): Promise<void> | void => (total() < kills ? kill() : undefined);
  const [ended] = await world.untilEnded([work], tend, deadlineMs);
  await world.worker.kill();
  return { ended: ended!, kills: total(), workers: done.worker, servers: done.server };
}
