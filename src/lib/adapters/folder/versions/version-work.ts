import type { ServerSchema } from "../../weaviate/server-schema.ts";
import type { WeaviateServer } from "../../weaviate/open-weaviate.ts";
import { openMemoryFolder, type MemoryFolder } from "../../sqlite/open-memory.ts";
import type { SeriesKey } from "../../../candles/candle-series.ts";
import type { Encoder } from "../../../encoder/encoder.ts";
import type { GateCheck } from "../../../evaluation/versions/version-gate.ts";
import type { Horizon } from "../../../time/horizon.ts";
import type { EpochMs } from "../../../time/units.ts";
import { withMemory } from "../with-memory.ts";
import type { Work } from "../work.ts";

/** Which version a tenant shall read through a channel. */
export interface VersionWish {
  readonly memory: string;
  readonly tenant: string;
  readonly channel: string;
  /** A version that the memory holds, or the folder of an artefact. */
  readonly encoder: string;
}

/** A server beside the memory. */
export interface VersionIndex {
  readonly server: WeaviateServer;
  readonly schema: ServerSchema;
}

/** What work on versions needs of the outside. */
export interface VersionTools extends Work {
  /** The server that mirrors the memory; null: the memory answers alone. */
  readonly index: VersionIndex | null;
  readonly now: () => EpochMs;
  /** About how many questions the gate asks of the index. */
  readonly questions: number;
  /** Told before each step; killed there, or anywhere, a repeat finishes. */
  readonly onStep?: (step: string) => void;
}

/** One series of the new version. */
export interface VersionSeries extends SeriesKey {
  /** Moments under the version that is read now; 0 where none is. */
  readonly moments: number;
  /** Anchor of the newest of them when the plan was made: as far as both versions are compared. */
  readonly through: EpochMs;
  /** Of the new version, in the memory already. */
  readonly embedded: number;
  readonly horizons: readonly Horizon[];
}

/** What a version that shall be read consists of. */
export interface VersionPlan {
  readonly tenant: string;
  readonly channel: string;
  /** What is read now, or was before the new one; null: nothing, there is no other. */
  readonly from: string | null;
  readonly to: Encoder;
  readonly series: readonly VersionSeries[];
  /** The channel reads it already: what may be missing is the end of a switch that was cut short. */
  readonly isRead: boolean;
}

/** How a switch went. */
export interface Switched {
  readonly plan: VersionPlan;
  readonly gate: readonly GateCheck[];
  readonly switched: boolean;
  /** Where the alias leads now; null: nowhere, or nobody asked. */
  readonly alias: string | null;
}

/** All horizons of a version, in the order in which series have them. */
export function horizonsOf({ series }: VersionPlan): readonly Horizon[] {
  return [...new Set(series.flatMap(({ horizons }) => horizons))];
}

/** Opens the memory for writing, for one piece of work: between two of them others may write. */
export async function writing<T>(
  { memory }: Pick<VersionWish, "memory">,
  { onNote }: Pick<VersionTools, "onNote">,
  work: (folder: MemoryFolder) => T | Promise<T>,
): Promise<T> {
  const onWait = (holder: string): void => onNote?.(`waiting for ${holder}`);
  const folder = openMemoryFolder(memory, { mode: "write", onWait });
  try {
    return await work(folder);
  } finally {
    folder.close();
  }
}

/** Opens it for reading, whatever a writer does meanwhile. */
export function reading<T>(
  { memory }: Pick<VersionWish, "memory">,
  work: (folder: MemoryFolder) => T | Promise<T>,
): Promise<T> {
  return withMemory(memory, work);
}
