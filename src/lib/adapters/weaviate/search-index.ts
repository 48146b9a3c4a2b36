import type { Collection } from "../../../../weaviate/collection.ts";
import { patternCollection, VECTOR } from "../../../../weaviate/schema.ts";
import { indexedMemory } from "../../memory/indexed-memory.ts";
import type { CountQuery, Memory } from "../../memory/memory.ts";
import type { PatternSource } from "../../memory/pattern-index.ts";
import type { Searched } from "../../memory/searched.ts";
import { parseWeaviateAddress } from "./address.ts";
import { guardOf, IndexFailure } from "./index-guard.ts";
import { openWeaviate, type WeaviateServer } from "./open-weaviate.ts";
import { serverSchema } from "./server-schema.ts";

/** An index to search, and what to do where that fails. */
export interface IndexWish {
  /** `weaviate://HOST:PORT` */
  readonly address: string;
  readonly key?: string | undefined;
  /** What all that is asked of the index may take together, or each search of many, ms. */
  readonly deadlineMs: number;
  /** `memory`: search the memory itself, and say so. */
  readonly onFailure: "memory" | "fail";
}

export interface SearchOptions {
  /** The deadline is for each search: of a command that asks thousands of questions. Default: for all together. */
  readonly each?: boolean;
  readonly signal?: AbortSignal;
}

export interface Truth {
  readonly memory: Memory;
  readonly source: PatternSource;
}

/**
 * Does `work` with a memory whose searches go to an index. Where the index cannot be used (nothing answers, too slow,
 * another version, another vector size, behind the memory, a key it does not know …) all of `work` is done again with
 * the memory itself: no answer comes from both.
 * @throws RhymeError "usage" for an address that is none; what the index says where `onFailure` is `fail`; what `work`
 *   throws by itself
 */
export async function searchIndex<T>(
  { memory, source }: Truth,
  wish: IndexWish,
  work: (memory: Memory) => Promise<T>,
  options: SearchOptions = {},
): Promise<{ readonly value: T; readonly searched: Searched }> {
  const { place: index } = parseWeaviateAddress(wish.address);
  try {
    const { value, exact } = await withIndex({ memory, source }, wish, work, options);
    return { value, searched: { index, fallback: null, exact } };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof IndexFailure)) throw error;
    if (wish.onFailure === "fail") throw error.cause;
    return { value: await work(memory), searched: { index, fallback: error.reason, exact: true } };
  }
}

async function withIndex<T>(
  { memory, source }: Truth,
  { address, key, deadlineMs }: IndexWish,
  work: (memory: Memory) => Promise<T>,
  options: SearchOptions,
): Promise<{ readonly value: T; readonly exact: boolean }> {
  const guard = guardOf(parseWeaviateAddress(address).place, { deadlineMs, ...options });
  const server = await guard((signal) => openWeaviate(address, { key, deadlineMs, signal }));
  try {
    const { tenant, encoderVersion, dim } = memory;
    const index = server.tenant(tenant).patterns({ encoderVersion, dim });
    const indexed = indexedMemory(memory, source, index, { whenBehind: "refuse" });
    const compared = await guard(() => comparedBy(server, encoderVersion));
    const all = source.count();
    let exact = true; // until one search may see too many; the memory counts them, by the same question
    const look = async (query: CountQuery): Promise<void> => {
      if (exact && all >= compared) exact = (await memory.countMatured(query)) < compared;
    };
    const value = await work({
      ...memory,
      query: async (query) => {
        await look(query);
        return guard(() => indexed.query(query));
      },
      queryColumns: async (query) => {
        await look(query);
        return guard(() => indexed.queryColumns(query));
      },
    });
    return { value, exact };
  } finally {
    await server.close();
  }
}

/** A search that may see fewer than so many compares them all; what the server has, whatever ours should be. */
async function comparedBy({ connection }: WeaviateServer, version: string): Promise<number> {
  const made = await serverSchema(connection.rest).get(patternCollection(version));
  const vectors = made?.["vectorConfig"] as Collection["vectorConfig"] | undefined;
  return vectors?.[VECTOR]?.vectorIndexConfig.flatSearchCutoff ?? 0;
}
