import { WeaviateFailure } from "./failure.ts";
import type { TenantCollection } from "./tenant-collection.ts";

const SOON_MS = 10;
const SELDOM_MS = 500;

/**
 * Waits until the queue of vectors that are written but not yet searchable is empty.
 * @throws WeaviateFailure where it has not become shorter for `deadlineMs` (default 5 min: the server counts the queue
 * in files of 10 MB, some 37,000 vectors of 64 values, which take a quarter of a minute on two cores and minutes where
 * others use them)
 */
export async function untilIndexed(
  objects: TenantCollection,
  options: { readonly deadlineMs?: number; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { deadlineMs = 300_000, signal } = options;
  const { pace } = objects.connection;
  let least = Infinity;
  let since = pace.now();
  for (let wait = SOON_MS; ; wait = Math.min(1.5 * wait, SELDOM_MS)) {
    const left = await queueLength(objects, signal);
    if (left === 0) return;
    if (left < least) [least, since] = [left, pace.now()];
    if (pace.now() - since > deadlineMs)
      throw new WeaviateFailure(
        {
          place: objects.place,
          expected: "vectors to become searchable",
          received: `${left} that wait, and none fewer for ${deadlineMs / 1000} s`,
          remedy: "The server's log says more (./rhyme services logs).",
        },
        true,
      );
    await pace.sleep(wait, signal);
  }
}

/** Vectors of this tenant that are written but not yet searchable. */
async function queueLength(objects: TenantCollection, signal: AbortSignal | undefined): Promise<number> {
  const path = `/nodes/${objects.collection}?output=verbose&shardName=${objects.tenant}`;
  const { json } = await objects.connection.rest.call("GET", path, { signal });
  const { nodes } = json as {
    readonly nodes: readonly { readonly shards: readonly { readonly vectorQueueLength?: number }[] | null }[];
  };
  const shards = nodes.flatMap((node) => node.shards ?? []);
  return shards.reduce((sum, shard) => sum + (shard.vectorQueueLength ?? 0), 0);
}
