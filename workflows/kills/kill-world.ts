import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DefaultLogger } from "@temporalio/worker";
import { startTemporal, type TemporalServer } from "../../src/cli/services/start-temporal.ts";
import { backfillFrom } from "../backfill/plan.ts";
import { workflowCode } from "../bundle.ts";
import { begin, connectTemporal, type Begin, type TemporalClient } from "../client.ts";
import type { JobRef } from "../job.ts";
import { backfillId } from "../queues.ts";
import type { KillOrders } from "./kill-points.ts";
import { WorkerProcess } from "./worker-process.ts";

/** A backfill as it is begun. @param window series at once */
export function backfillOf(ref: JobRef, window = 2): Begin {
  const args = [backfillFrom(ref), { paused: false, window }];
  return { type: "backfill", id: backfillId(ref.job), args, summary: "killed" };
}

/** A server of its own and one worker process, both of which may be killed and come back. */
export class KillWorld {
  readonly #binary: string;
  readonly #path: string;
  readonly #code: string;
  #server: TemporalServer;
  #client: TemporalClient;
  #worker: WorkerProcess | null = null;
  #spare = new WorkerProcess();

  private constructor(
    binary: string,
    at: string,
    code: string,
    server: TemporalServer,
    client: TemporalClient,
  ) {
    [this.#binary, this.#path, this.#code] = [binary, at, code];
    [this.#server, this.#client] = [server, client];
  }

  /** @param at an empty folder */
  static async start(binary: string, at: string): Promise<KillWorld> {
    const code = path.join(at, "workflows.json");
    writeFileSync(code, JSON.stringify(await workflowCode(new DefaultLogger("WARN"))));
    const server = await startTemporal({ binary, dataPath: path.join(at, "temporal") });
    return new KillWorld(binary, at, code, server, await connectTemporal(server.address));
  }

  get serverPid(): number {
    return this.#server.pid;
  }

  get worker(): WorkerProcess {
    if (this.#worker === null) throw new Error("no worker was begun");
    return this.#worker;
  }

  /** A new worker in the place of the one that is gone; the next is loaded meanwhile. */
  async nextWorker(kill: KillOrders | null): Promise<WorkerProcess> {
    this.#worker = this.#spare;
    this.#spare = new WorkerProcess();
    await this.#worker.begin(this.orders(kill));
    return this.#worker;
  }

  orders(kill: KillOrders | null): { address: string; code: string; kill: KillOrders | null } {
    return { address: this.#server.address, code: this.#code, kill };
  }

  serverAlive(): boolean {
    try {
      return process.kill(this.#server.pid, 0);
    } catch {
      return false;
    }
  }

  /** Starts it again, on the same ports, with what the kill left of its database; or without any. */
  async restartServer(database: "kept" | "deleted" = "kept"): Promise<void> {
    await this.#server.kill();
    await this.#client.close();
    const dataPath = path.join(this.#path, "temporal");
    if (database === "deleted") rmSync(dataPath, { recursive: true });
    this.#server = await startTemporal({ binary: this.#binary, dataPath, ports: this.#server.ports });
    this.#client = await connectTemporal(this.#server.address);
  }

  /** @param signal what it is told when it has begun */
  async begin(work: Begin, signal?: string): Promise<void> {
    const handle = await begin(this.#client, work);
    if (signal !== undefined) await handle.signal(signal);
  }

  /** How some work has ended; null while it runs, or where nobody can be asked. */
  async ended({ id }: Pick<Begin, "id">): Promise<string | null> {
    try {
      const { status } = await this.#client.client.workflow.getHandle(id).describe();
      return status.name === "RUNNING" ? null : status.name;
    } catch {
      return null;
    }
  }

  /** Waits until all of it has ended, while `tend` brings back what was killed; how each did. */
  async untilEnded(
    works: readonly Pick<Begin, "id">[],
    tend: () => Promise<void> | void,
    withinMs: number,
  ): Promise<readonly string[]> {
    for (const deadline = performance.now() + withinMs; ; await pause(100)) {
      await tend();
      const ended = await Promise.all(works.map((work) => this.ended(work)));
      if (ended.every((one) => one !== null)) return ended;
      if (performance.now() > deadline)
        throw new Error(`not through after ${withinMs} ms: ${this.worker.said}`);
    }
  }

  /** Every run that the server remembers: how many events, and bytes, its history has. */
  async histories(): Promise<
    readonly { readonly id: string; readonly events: number; readonly bytes: number }[]
  > {
    const { workflow } = this.#client.client;
    const all: { id: string; events: number; bytes: number }[] = [];
    for await (const { workflowId: id, historyLength, historySize } of workflow.list())
      all.push({ id, events: historyLength, bytes: historySize ?? 0 });
    return all;
  }

  async end(): Promise<void> {
    await this.#worker?.kill();
    await this.#spare.kill();
    await this.#client.close();
    await this.#server.kill();
  }
}
