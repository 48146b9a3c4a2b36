import { ANOMALY_PATTERN, encoderOf, LIVE_MARKET_STATE } from "../../weaviate/schema.ts";
import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import type { WeaviateServer } from "../lib/adapters/weaviate/open-weaviate.ts";
import { serverSchema } from "../lib/adapters/weaviate/server-schema.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import { RhymeError } from "../lib/errors.ts";
import { seriesName } from "../lib/memory/names.ts";
import { indexOf, mirroredBy, type MirroredOf } from "./index-view.ts";
import { memoryOf, mirror, openIndexServer, type Mirrored, type MirrorTools } from "./mirror.ts";

/** Moments looked at by one call. */
const PAGE = 5_000;

/** What is forgotten, in an index too. */
export interface IndexForget {
  readonly address: string;
  /** null: of all. */
  readonly tenant: string | null;
  /** null: all that the tenant has. */
  readonly series: readonly SeriesKey[] | null;
}

/**
 * Removes it from the index, then, by `forget`, from the memory, and brings the one in step with the other. In this
 * order, because what a memory has forgotten can no longer be named: where the index fails, the memory is as it was
 * and the same command does it again.
 * @throws RhymeError "store" where the index cannot be used, "usage" where a whole tenant of it is not this memory's
 *   alone; nothing is forgotten then
 */
export async function forgetEverywhere<T>(
  folder: MemoryFolder,
  wish: IndexForget,
  forget: () => T,
  tools: MirrorTools,
): Promise<{ readonly done: T; readonly index: Mirrored }> {
  const { address, tenant, series } = wish;
  const named = new Set(series?.map(seriesName));
  const holds = (of: MirroredOf): boolean =>
    folder
      .holdings(of.tenant)
      .some((held) => held.encoder === of.encoder.version && named.has(seriesName(held)));
  const touched = mirroredBy(folder, tenant ?? undefined).filter((of) => series === null || holds(of));
  const mine: MirroredOf[] = [];
  try {
    const server = await openIndexServer(address, tools.signal);
    try {
      if (tenant !== null && series === null) {
        await assertAllMine(server, folder, tenant);
        await server.tenant(tenant).remove();
      } else
        for (const of of touched) {
          const whose = await mirrors(server, folder, of);
          if (whose === "this memory") mine.push(of);
          if (whose !== "another memory") await removeSeries(server, of, series!);
        }
    } finally {
      await server.close();
    }
  } catch (error) {
    tools.signal.throwIfAborted();
    if (!(error instanceof RhymeError) || error.kind === "usage") throw error;
    const remedy =
      "Nothing was forgotten yet: run it again, or without --index to forget in the memory alone.";
    throw new RhymeError(error.kind, { ...error.fields, remedy });
  }
  const done = forget();
  await recount(folder, address, mine, tools);
  return { done, index: await mirror(folder, address, mine, tools) };
}

/**
 * A tenant may have been filled by several memories. Removed as a whole it must be this one's: its patterns by their
 * marks, and, as live states, anomalies and patterns without a mark have none, by encoders that this memory has.
 * @throws RhymeError "usage" where something there is another's
 */
async function assertAllMine(server: WeaviateServer, folder: MemoryFolder, tenant: string): Promise<void> {
  const mine = new Set(folder.encoders.list().map(({ version }) => version));
  const handle = server.tenant(tenant);
  for (const { class: collection } of await serverSchema(server.connection.rest).list()) {
    const version = encoderOf(collection);
    if (version === null || !(await handle.collection(collection).exists())) continue;
    const whose = await mirrors(server, folder, { tenant, encoder: { version, dim: 1 } });
    if (whose === "another memory" || (whose === "nobody knows" && !mine.has(version)))
      throw notAllMine(server, tenant, `patterns of ${version} that are not this memory's`);
  }
  for (const collection of [LIVE_MARKET_STATE, ANOMALY_PATTERN]) {
    const objects = handle.collection(collection);
    if (!(await objects.exists())) continue;
    for await (const page of objects.pages(PAGE, { properties: ["encoder"] }))
      for (const { properties } of page)
        if (!mine.has(String(properties["encoder"])))
          throw notAllMine(
            server,
            tenant,
            `moments of ${String(properties["encoder"])}, unknown to this memory`,
          );
  }
}

function notAllMine({ place }: WeaviateServer, tenant: string, received: string): RhymeError {
  const remedy =
    "Nothing was forgotten yet. Forget without --index, or by --symbol, which leaves another memory's patterns alone; " +
    `./rhyme weaviate drop --tenant ${tenant} drops what the server has of all of them.`;
  const expected = "what this memory put there, and nothing else";
  return new RhymeError("usage", { place: `${place}, tenant ${tenant}`, expected, received, remedy });
}

/** Whose patterns an index holds; what mirrors another memory is left alone. */
async function mirrors(
  server: WeaviateServer,
  folder: MemoryFolder,
  of: MirroredOf,
): Promise<"this memory" | "another memory" | "nobody knows"> {
  const mark = await indexOf(server, of).mark();
  if (mark === null) return "nobody knows";
  return memoryOf(mark.truth) === folder.identity ? "this memory" : "another memory";
}

/**
 * The mark speaks of as many patterns as are left, so that nothing need be written again. Not before the memory has
 * forgotten them, or an index without them would pass for whole; where it fails, the index is filled anew.
 */
async function recount(
  folder: MemoryFolder,
  address: string,
  mine: readonly MirroredOf[],
  { signal }: MirrorTools,
): Promise<void> {
  if (mine.length === 0) return;
  try {
    const server = await openIndexServer(address, signal);
    try {
      for (const of of mine) {
        const index = indexOf(server, of);
        const mark = await index.mark();
        const isMine = mark !== null && memoryOf(mark.truth) === folder.identity;
        if (isMine) await index.setMark({ ...mark, count: await index.count() });
      }
    } finally {
      await server.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RhymeError)) throw error;
  }
}

async function removeSeries(
  server: WeaviateServer,
  of: MirroredOf,
  series: readonly SeriesKey[],
): Promise<void> {
  for (const one of series) {
    await indexOf(server, of).remove({ series: one });
    await server.tenant(of.tenant).removeMoments(one);
  }
}
