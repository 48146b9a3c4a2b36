import { hostname } from "node:os";
import { NativeConnection, Runtime, Worker, type WorkerOptions } from "@temporalio/worker";
import type { Logger as Pino } from "pino";
import type { ActivityTools, Backend } from "./activity-host.ts";
import { workflowCode, type WorkflowCode } from "./bundle.ts";
import type { ComputePoolOptions } from "./compute/compute-pool.ts";
import { closePools, openPools } from "./compute/pools.ts";
import {
  currentBuild,
  DEPLOYMENT,
  isNewBuild,
  keepCurrent,
  makeCurrent,
  pinnedElsewhere,
} from "./deployment.ts";
import { noServer } from "./no-server.ts";
import { temporalLogger } from "./observe/worker-log.ts";
import { ACTIVITY_SECONDS, workerMetrics } from "./observe/worker-metrics.ts";
import { CPU_QUEUE, GPU_QUEUE, LIVE_QUEUE, SHORT_QUEUE } from "./queues.ts";
import { runActivities } from "./run-activities.ts";
import { parseTemporalAddress } from "./temporal-address.ts";
import { activityInterceptors, temporalHost } from "./temporal-host.ts";

export type Queue = "cpu" | "gpu";

/** Activities of one queue by name. */
export type Activities = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

export interface WorkersOptions {
  /** `temporal://HOST:PORT[/NAMESPACE]` */
  readonly address: string;
  readonly queues: readonly Queue[];
  /** Threads that compute, beside the one that writes and the one that encodes. */
  readonly threads: number;
  /** What it encodes with; chunks of jobs that pin another one it leaves to others. Default: typed arrays. */
  readonly backend?: Backend;
  readonly activities: (queue: Queue, tools: ActivityTools) => Activities;
  /** Ends the workers: what runs gets `graceMs`, is then cancelled, and is retried by others. */
  readonly signal: AbortSignal;
  readonly log: Pino;
  /** File of the workflows; default: all of them. */
  readonly workflows?: string;
  /** Their code, where it is bundled already. */
  readonly code?: WorkflowCode;
  /**
   * Whether new workflows begin on this build from now on. Default: where it has never been here before, so that an
   * older worker that comes back takes nothing over.
   */
  readonly becomesCurrent?: boolean | undefined;
  readonly graceMs?: number;
  readonly compute?: Omit<ComputePoolOptions, "threads">;
  /** Called once they poll, with the build of their workflows. */
  readonly onReady?: (buildId: string) => void;
}

/** A worker that is gone is waited for this long, before another goes on with the workflows that it knew. */
const STICKY_MS = 2_000;

/** Heartbeats are told at most this often; a cancellation is noticed at the next one. */
const HEARTBEAT_MS = 400;

/**
 * Logs and metrics of this process; once, before the first worker. Signals are left to the caller.
 * @param metricsAddress `HOST:PORT` where Prometheus reads; null: nowhere
 */
export function installRuntime(log: Pino, metricsAddress: string | null): void {
  const prometheus = (bindAddress: string) => ({
    ...{ bindAddress, countersTotalSuffix: true, useSecondsForDurations: true },
    histogramBucketOverrides: { rhyme_activity_seconds: [...ACTIVITY_SECONDS] },
  });
  Runtime.install({
    logger: temporalLogger(log),
    telemetryOptions: {
      logging: { filter: { core: "WARN", other: "ERROR" }, forward: {} },
      ...(metricsAddress === null ? {} : { metrics: { prometheus: prometheus(metricsAddress) } }),
    },
    shutdownSignals: [],
  });
}

/**
 * Works until `signal` says to end.
 * @throws RhymeError "store" where no server answers
 */
export async function runWorkers(options: WorkersOptions): Promise<void> {
  const { address, signal, graceMs = 10_000 } = options;
  const { target, namespace } = parseTemporalAddress(address);
  const { logger, metricMeter } = Runtime.instance();
  const { code, buildId } = options.code ?? (await workflowCode(logger, options.workflows));
  const connection = await connect(target, address);
  const pools = openPools({ ...options.compute, threads: options.threads });
  const metrics = workerMetrics(metricMeter);
  const { backend = "arrays" } = options;
  const tools: ActivityTools = { host: () => temporalHost(metrics), pools, backend };
  try {
    const deployment = { connection, namespace };
    const isFirst = async (): Promise<boolean> =>
      (await isNewBuild(deployment, buildId)) || (await currentBuild(deployment)) === null;
    const becomesCurrent = options.becomesCurrent ?? (await isFirst()); // before it polls, and is known
    const base: Omit<WorkerOptions, "taskQueue"> = {
      ...{ connection, namespace, shutdownGraceTime: graceMs, shutdownForceTime: graceMs + 20_000 },
      interceptors: { activity: [activityInterceptors(metrics)] },
      ...usualOptions(buildId),
    };
    const workers = await Promise.all(
      options.queues
        .flatMap((queue) => polled(queue, options, tools))
        .map(({ runsWorkflows, ...own }) =>
          Worker.create({ ...base, ...own, ...(runsWorkflows ? { workflowBundle: { code } } : {}) }),
        ),
    );
    await runAll(workers, signal, async () => {
      if (becomesCurrent) await makeCurrent(deployment, buildId, { signal });
      await tellReady(deployment, buildId, options);
      if (options.becomesCurrent !== false) await keepCurrent(deployment, buildId, { signal });
    });
  } finally {
    await closePools(pools);
    await connection.close().catch(() => undefined); // a worker that never ran holds it: what went wrong is thrown
  }
}

function usualOptions(buildId: string): Partial<WorkerOptions> {
  return {
    identity: `${process.pid}@${hostname()}`,
    stickyQueueScheduleToStartTimeout: STICKY_MS,
    ...{ maxHeartbeatThrottleInterval: HEARTBEAT_MS, defaultHeartbeatThrottleInterval: HEARTBEAT_MS },
    workerDeploymentOptions: {
      version: { deploymentName: DEPLOYMENT, buildId },
      ...{ useWorkerVersioning: true, defaultVersioningBehavior: "PINNED" },
    },
  };
}

/** It polls; whoever expects it to get what begins now, or to finish all that runs, learns where it does not. */
async function tellReady(
  deployment: Parameters<typeof currentBuild>[0],
  buildId: string,
  { log, queues, onReady }: WorkersOptions,
): Promise<void> {
  log.info({ build: buildId, queues }, "ready");
  const current = await currentBuild(deployment);
  if (current !== buildId)
    log.warn({ current }, "new workflows begin on another build; --current has them begin on this one");
  const others = await pinnedElsewhere(deployment, buildId);
  if (others > 0)
    log.warn({ workflows: others }, "some run on the code of other builds and need workers of theirs");
  onReady?.(buildId);
}

/** A task queue of Temporal as one worker polls it. */
type Polled = Required<
  Pick<WorkerOptions, "taskQueue" | "activities" | "maxConcurrentActivityTaskExecutions">
> & { readonly runsWorkflows: boolean };

/** Slots for what waits for its turn in a thread, or on an exchange, and costs nothing meanwhile. */
const LIVE_SLOTS = 200;
const SHORT_SLOTS = 40;

/** Each queue has slots of its own, so that what is to be done at once never waits behind what takes long. */
function polled(queue: Queue, { activities, threads }: WorkersOptions, tools: ActivityTools): Polled[] {
  const of = (taskQueue: string, slots: number, can: Activities): Polled => ({
    ...{ taskQueue, activities: { ...can }, runsWorkflows: taskQueue === CPU_QUEUE },
    maxConcurrentActivityTaskExecutions: slots,
  });
  if (queue === "gpu") return [of(GPU_QUEUE, 1, activities(queue, tools))];
  const can = { ...runActivities, ...activities(queue, tools) };
  return [
    of(CPU_QUEUE, threads + 4, can),
    of(LIVE_QUEUE, LIVE_SLOTS, can),
    of(SHORT_QUEUE, SHORT_SLOTS, can),
  ];
}

/** Until the signal, or until one of them fails; then all are ended. */
async function runAll(
  workers: readonly Worker[],
  signal: AbortSignal,
  started: () => Promise<void>,
): Promise<void> {
  const end = (): void => {
    for (const worker of workers) if (worker.getState() === "RUNNING") worker.shutdown();
  };
  const running = Promise.all(workers.map((worker) => worker.run()));
  running.catch(end);
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    await Promise.all([
      running,
      started().catch((error: unknown) => {
        end();
        if (!signal.aborted) throw error;
      }),
    ]);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

async function connect(target: string, address: string): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({ address: target });
  } catch (error) {
    throw noServer(address, error);
  }
}
