import { setTimeout as pause } from "node:timers/promises";
import type { NativeConnection } from "@temporalio/worker";
import type { Connection } from "@temporalio/client";

/** What all workers of this project are versions of. */
export const DEPLOYMENT = "rhyme";

export interface Deployment {
  readonly connection: Pick<Connection | NativeConnection, "workflowService">;
  readonly namespace: string;
}

/** Which build new workflows begin on; null where no worker has ever come. */
export async function currentBuild(deployment: Deployment): Promise<string | null> {
  const info = await described(deployment);
  return info?.routingConfig?.currentDeploymentVersion?.buildId ?? null;
}

/** Whether no worker of this build has ever come: it is a newer checkout, and not an older one that came back. */
export async function isNewBuild(deployment: Deployment, buildId: string): Promise<boolean> {
  const known = (await described(deployment))?.versionSummaries ?? [];
  return !known.some(({ deploymentVersion }) => deploymentVersion?.buildId === buildId);
}

async function described({ connection, namespace }: Deployment) {
  try {
    const asked = { namespace, deploymentName: DEPLOYMENT };
    return (await connection.workflowService.describeWorkerDeployment(asked)).workerDeploymentInfo ?? null;
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) return null;
    throw error;
  }
}

/**
 * New workflows begin on this build from now on; those that run stay with theirs. The server knows a build once a
 * worker of it has polled: until then this waits.
 */
export async function makeCurrent(
  deployment: Deployment,
  buildId: string,
  { signal, withinMs = 30_000 }: { readonly signal: AbortSignal; readonly withinMs?: number },
): Promise<void> {
  const { connection, namespace } = deployment;
  for (const deadline = performance.now() + withinMs; ; await pause(100, undefined, { signal })) {
    if ((await currentBuild(deployment)) === buildId) return;
    try {
      await connection.workflowService.setWorkerDeploymentCurrentVersion({
        ...{ namespace, deploymentName: DEPLOYMENT, buildId, version: `${DEPLOYMENT}.${buildId}` },
        // The worker for the other queue may not have come yet.
        ...{ ignoreMissingTaskQueues: true, identity: `${process.pid}@rhyme` },
      });
      return;
    } catch (error) {
      if (performance.now() > deadline || !PASSING.includes(codeOf(error) ?? -1)) throw error;
    }
  }
}

/**
 * Looks, until `signal`, whether new workflows have a build to begin on, and puts this one back where there is none: a
 * server whose database was deleted under its workers has forgotten, and would keep everything that is begun waiting. Only
 * where this was the build they began on when it last looked: an older one takes nothing over.
 */
export async function keepCurrent(
  deployment: Deployment,
  buildId: string,
  { signal, everyMs = 5_000 }: { readonly signal: AbortSignal; readonly everyMs?: number },
): Promise<void> {
  let last: string | null = null;
  while (!signal.aborted)
    try {
      const current = await currentBuild(deployment);
      if (current === null && last === buildId) await makeCurrent(deployment, buildId, { signal });
      last = current ?? last;
      await pause(everyMs, undefined, { signal });
    } catch {
      // A server that is away comes back, or the workers end: both are told by those who work for it.
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
    }
}

/** Workflows that run on other builds than this one: they wait until a worker of theirs comes back. */
export async function pinnedElsewhere(
  { connection, namespace }: Deployment,
  buildId: string,
): Promise<number> {
  const query =
    `ExecutionStatus = "Running" AND TemporalWorkflowVersioningBehavior = "Pinned" ` +
    `AND TemporalWorkerDeploymentVersion != "${DEPLOYMENT}:${buildId}"`;
  const { count } = await connection.workflowService.countWorkflowExecutions({ namespace, query });
  return Number(count ?? 0);
}

const NOT_FOUND = 5;
/** Not known yet, changed by another worker at the same time, or busy: to be tried again. */
const PASSING: readonly number[] = [NOT_FOUND, 8, 9, 10, 14];

function codeOf(error: unknown): number | undefined {
  return (error as { code?: number }).code;
}
