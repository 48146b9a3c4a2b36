import {
  Client,
  Connection,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowHandle,
} from "@temporalio/client";
import { RhymeError } from "../src/lib/errors.ts";
import { failureReason, isCancelled } from "./failure-type.ts";
import { fromFailure } from "./failures.ts";
import type { Held, MESSAGES } from "./messages.ts";
import { noServer } from "./no-server.ts";
import { CPU_QUEUE } from "./queues.ts";
import { parseTemporalAddress } from "./temporal-address.ts";

export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
  close(): Promise<void>;
}

/** @throws RhymeError "store" where no server answers within 5 s */
export async function connectTemporal(address: string): Promise<TemporalClient> {
  const { target, namespace } = parseTemporalAddress(address);
  try {
    const connection = await Connection.connect({ address: target, connectTimeout: 5_000 });
    const client = new Client({ connection, namespace, identity: `${process.pid}@rhyme` });
    return { client, connection, namespace, close: () => connection.close() };
  } catch (error) {
    throw noServer(address, error);
  }
}

type Workflows = typeof import("./all-workflows.ts");

/** What workers know by name. */
export type WorkflowType = keyof Workflows;

/** What a workflow of this name ends with. */
export type ResultOf<Type extends WorkflowType> = Awaited<ReturnType<Workflows[Type]>>;

/** A workflow to be begun: what it is called, who it is, and what it begins with. */
export interface Begin<Type extends string = string> {
  readonly type: Type;
  readonly id: string;
  readonly args: readonly unknown[];
  /** One line for lists of workflows. */
  readonly summary: string;
  /** What whoever finds it running may read of it, through all its runs. */
  readonly memo?: Readonly<Record<string, string>>;
}

/** Begins a workflow, or joins the one of this id that runs; one that has ended is begun anew. */
export function begin(
  { client }: TemporalClient,
  { type, id, args, summary, memo }: Begin,
): Promise<WorkflowHandle> {
  return client.workflow.start(type, {
    ...{ taskQueue: CPU_QUEUE, workflowId: id, args: [...args], staticSummary: summary },
    ...(memo ? { memo: { ...memo } } : {}),
    ...{ workflowIdReusePolicy: "ALLOW_DUPLICATE", workflowIdConflictPolicy: "USE_EXISTING" },
  });
}

/** How long an answer may take: without a worker there is none. */
const ANSWER_MS = 10_000;

/**
 * Tells a running job something. To be cancelled it needs no worker that answers; the server notes it for the next one.
 * @throws RhymeError "usage" where it refuses, does not run, or no worker answers
 */
export async function tell(
  { client, connection }: TemporalClient,
  id: string,
  message: Exclude<keyof typeof MESSAGES, "progress">,
  ...args: readonly [] | readonly [number]
): Promise<Held | undefined> {
  const handle = client.workflow.getHandle(id);
  try {
    return await connection.withDeadline(Date.now() + ANSWER_MS, () =>
      args.length === 0
        ? handle.executeUpdate<Held, []>(message)
        : handle.executeUpdate<Held, [number]>(message, { args: [args[0]] }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw notRunning(id);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      if (message !== "cancel") throw noWorker(id, message);
      await handle.cancel();
      return undefined;
    }
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new RhymeError("usage", {
      place: id,
      expected: `a job that can be told to ${message}`,
      received: failureReason(error),
      remedy: `./rhyme watch ${id} shows how it is.`,
    });
  }
}

/**
 * What a workflow ends with, through all its runs.
 * @throws what it failed with, as activities threw it; RhymeError "usage" where it was cancelled, or is not there
 */
export async function resultOf<Result>(
  { client, connection }: TemporalClient,
  id: string,
  signal: AbortSignal,
): Promise<Result> {
  try {
    return await connection.withAbortSignal(
      signal,
      () => client.workflow.getHandle(id).result() as Promise<Result>,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WorkflowNotFoundError) throw notRunning(id);
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (isCancelled(error)) throw wasEnded(id, "it was cancelled");
    const cause = fromFailure(error);
    throw cause instanceof RhymeError ? cause : wasEnded(id, failureReason(error));
  }
}

function noWorker(id: string, message: string): RhymeError {
  return new RhymeError("usage", {
    place: id,
    expected: `a worker that can be told to ${message}`,
    received: `no answer within ${ANSWER_MS / 1000} s`,
    remedy: "./rhyme work starts one; a job that is pinned to an older checkout needs one of that.",
  });
}

function notRunning(id: string): RhymeError {
  return new RhymeError("usage", {
    place: id,
    expected: "a workflow of this id",
    received: "none",
    remedy: "./rhyme watch lists those that run.",
  });
}

function wasEnded(id: string, received: string): RhymeError {
  return new RhymeError("store", {
    place: id,
    expected: "a workflow that ends with a result",
    received,
    remedy: "The same ./rhyme start goes on from what the memory holds.",
  });
}
