import type { MemoryFolder } from "../lib/adapters/sqlite/open-memory.ts";
import { parseWeaviateAddress } from "../lib/adapters/weaviate/address.ts";
import { OtherSize } from "../lib/adapters/weaviate/failure.ts";
import { openWeaviate, type WeaviateServer } from "../lib/adapters/weaviate/open-weaviate.ts";
import { RhymeError } from "../lib/errors.ts";
import type { PatternIndex, PatternSource } from "../lib/memory/pattern-index.ts";
import { syncIndex, type SyncReport } from "../lib/memory/sync-index.ts";
import { indexKey } from "./index-key.ts";
import type { Ui } from "./ui.ts";

/** What became of an index beside a memory that is complete. */
export interface Mirrored {
  /** The index, without any key. */
  readonly index: string;
  /** Patterns written to it and removed from it now. */
  readonly written: number;
  readonly removed: number;
  /** Why it lacks something; null: it holds everything that the memory does. */
  readonly behind: string | null;
}

export interface MirrorTools {
  readonly ui: Ui;
  readonly signal: AbortSignal;
}

type EncoderSize = Parameters<MemoryFolder["patternSource"]>[1];

/** Connects with the key for this address. */
export async function openIndexServer(address: string, signal: AbortSignal): Promise<WeaviateServer> {
  return openWeaviate(address, { key: indexKey(address), signal });
}

/** Long work ahead: whoever named an index that does not answer is told so before it, and may stop. */
export async function warnOfIndex(address: string, { ui, signal }: MirrorTools): Promise<void> {
  try {
    await (await openIndexServer(address, signal)).close();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof RhymeError)) throw error;
    ui.note(`the index cannot be used now: ${reasonOf(error)}`);
    ui.note("remembering all the same; it is tried again at the end");
  }
}

/**
 * Brings the index of a tenant's encoder versions up to a memory that is open for writing, and waits until all of it
 * can be found; `anew` empties it first. A failing index is told of and not thrown: the memory has lost nothing.
 * @throws the reason of `signal` where it is stopped; the same command goes on
 */
export async function mirror(
  folder: MemoryFolder,
  address: string,
  of: readonly { readonly tenant: string; readonly encoder: EncoderSize }[],
  tools: MirrorTools & { readonly anew?: boolean },
): Promise<Mirrored> {
  const { anew = false } = tools;
  const done = { index: parseWeaviateAddress(address).place, written: 0, removed: 0 };
  try {
    const server = await openIndexServer(address, tools.signal);
    try {
      for (const { tenant, encoder } of of) {
        const source = folder.patternSource(tenant, encoder);
        const { version: encoderVersion, dim } = encoder;
        const index = server.tenant(tenant).patterns({ encoderVersion, dim });
        if (anew) await index.clear();
        const { written, removed } = await mirrorOne(source, index, tools);
        done.written += written;
        done.removed += removed;
      }
    } finally {
      await server.close();
    }
    return { ...done, behind: null };
  } catch (error) {
    tools.signal.throwIfAborted();
    if (!(error instanceof RhymeError)) throw error;
    const mends = error instanceof OtherSize ? `. ${error.fields.remedy}` : ""; // the same command does not
    return { ...done, behind: reasonOf(error) + mends };
  }
}

async function mirrorOne(
  source: PatternSource,
  index: PatternIndex,
  { ui, signal }: MirrorTools,
): Promise<SyncReport> {
  const before = await index.mark();
  if (before !== null && memoryOf(before.truth) !== memoryOf(source.truth))
    ui.note(`${index.place} mirrored another memory: this one takes its place there`);
  const progress = ui.progress(`writing to ${index.place}`, source.count());
  const report = await syncIndex(source, index, { signal, onProgress: (done) => progress.update(done) });
  progress.update(source.count(), "indexing");
  await index.settled({ signal });
  progress.done();
  return report;
}

/** The folder's part of a truth's name, without the number of the memory in it. */
export function memoryOf(truth: string): string {
  return truth.split("/")[0]!;
}

/** One line. */
export function reasonOf({ fields }: RhymeError): string {
  return `${fields.place}: expected ${fields.expected}, got ${fields.received}`;
}

/** What to say of an index. */
export function mirroredLines({ index, written, removed, behind }: Mirrored): readonly string[] {
  const n = (value: number): string => value.toLocaleString("en-US");
  if (behind !== null)
    return [
      `the memory is complete, its index is behind: ${behind}`,
      "the same command tries again from there; until then questions are answered by the memory itself",
    ];
  const gone = removed > 0 ? `, ${n(removed)} removed` : "";
  return [`${index}: ${n(written)} patterns written${gone}; it holds all that the memory does`];
}
