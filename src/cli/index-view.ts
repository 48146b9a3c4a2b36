import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { parseWeaviateAddress } from "../lib/adapters/weaviate/address.ts";
import type { WeaviateServer } from "../lib/adapters/weaviate/open-weaviate.ts";
import { RhymeError } from "../lib/errors.ts";
import type { VerifyReport } from "../lib/memory/memory.ts";
import type { PatternIndex, PatternSource } from "../lib/memory/pattern-index.ts";
import { isBehind } from "../lib/memory/sync-index.ts";
import { verifyIndex } from "../lib/memory/verify-index.ts";
import { memoryOf, openIndexServer, reasonOf, type MirrorTools } from "./mirror.ts";

export type IndexState = "in step" | "behind" | "of another memory" | "empty";

/** One tenant's patterns of one encoder version, in the memory and in an index. */
export interface IndexedHolding {
  readonly tenant: string;
  readonly encoder: string;
  /** In the memory. */
  readonly patterns: number;
  /** In the index. */
  readonly indexed: number;
  readonly state: IndexState;
  /** What a comparison of every pattern found; null where none was asked for. */
  readonly verified: VerifyReport | null;
}

/** An index beside a memory. */
export interface IndexView {
  readonly index: string;
  readonly holdings: readonly IndexedHolding[];
  /** Why nothing can be said of it; null: something can. */
  readonly unusable: string | null;
}

/** Looks what an index holds of a memory: by its marks and counts, or, `full`, at every pattern, both ways. */
export async function lookAtIndex(
  folder: MemoryFolder,
  address: string,
  full: boolean,
  tools: MirrorTools,
): Promise<IndexView> {
  const { place: index } = parseWeaviateAddress(address);
  try {
    const server = await openIndexServer(address, tools.signal);
    try {
      const holdings: IndexedHolding[] = [];
      for (const of of mirroredBy(folder)) holdings.push(await lookAt(server, folder, of, full, tools));
      return { index, holdings, unusable: null };
    } finally {
      await server.close();
    }
  } catch (error) {
    tools.signal.throwIfAborted();
    if (!(error instanceof RhymeError)) throw error;
    return { index, holdings: [], unusable: reasonOf(error) };
  }
}

/** A tenant and a version that a memory holds patterns of. */
export interface MirroredOf {
  readonly tenant: string;
  readonly encoder: { readonly version: string; readonly dim: number };
}

/** What of a memory can be mirrored, or of one tenant of it. */
export function mirroredBy(folder: MemoryFolder, tenant?: string): readonly MirroredOf[] {
  const sizes = new Map(folder.encoders.list().map(({ version, dim }) => [version, dim]));
  const found = new Map<string, MirroredOf>();
  for (const held of folder.holdings(tenant)) {
    const encoder = { version: held.encoder, dim: sizes.get(held.encoder)! };
    found.set(`${held.tenant} ${held.encoder}`, { tenant: held.tenant, encoder });
  }
  return [...found.values()];
}

export function indexOf(server: WeaviateServer, { tenant, encoder }: MirroredOf): PatternIndex {
  return server.tenant(tenant).patterns({ encoderVersion: encoder.version, dim: encoder.dim });
}

async function lookAt(
  server: WeaviateServer,
  folder: MemoryFolder,
  of: MirroredOf,
  full: boolean,
  { ui, signal }: MirrorTools,
): Promise<IndexedHolding> {
  const [source, index] = [folder.patternSource(of.tenant, of.encoder), indexOf(server, of)];
  const state = await stateOf(source, index);
  const progress = ui.progress(`comparing with ${index.place}`, source.count());
  const onProgress = (done: number): void => progress.update(done);
  const verified = full ? await verifyIndex(source, index, { signal, onProgress }) : null;
  progress.done();
  const counts = { patterns: source.count(), indexed: await index.count() };
  return { tenant: of.tenant, encoder: of.encoder.version, ...counts, state, verified };
}

async function stateOf(source: PatternSource, index: PatternIndex): Promise<IndexState> {
  const mark = await index.mark();
  if (mark === null) return (await index.count()) > 0 ? "behind" : "empty";
  if (memoryOf(mark.truth) !== memoryOf(source.truth)) return "of another memory";
  return (await isBehind(source, index)) ? "behind" : "in step";
}

/** Whether somebody should do something about it. */
export function isAmiss({ holdings, unusable }: IndexView): boolean {
  return (
    unusable !== null ||
    holdings.some(({ state, verified }) => state !== "in step" || (verified?.problems.length ?? 0) > 0)
  );
}
