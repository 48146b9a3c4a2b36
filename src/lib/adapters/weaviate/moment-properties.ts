import type { SeriesKey } from "../../candles/candle-series.ts";
import { RhymeError } from "../../errors.ts";
import type { EpochMs } from "../../time/units.ts";
import { storedInstant } from "./instants.ts";
import type { NewObject, StoredObject, TenantCollection } from "./tenant-collection.ts";

// What LiveMarketState and AnomalyPattern have in common: a moment whose embedding is a property.

export interface Moment extends SeriesKey {
  readonly encoderVersion: string;
  readonly anchor: EpochMs;
  readonly embedding: Float32Array; // [D]
}

/** Read back of either. */
export const MOMENT_PROPERTIES = ["embedding", "detail"] as const;

/** @throws RhymeError "input" for an anchor or a number that the server cannot keep */
export function momentProperties(place: string, moment: Moment): Readonly<Record<string, unknown>> {
  const { source, symbol, timeframe, encoderVersion, anchor, embedding } = moment;
  const bad = embedding.find((value) => !Number.isFinite(value));
  if (bad !== undefined)
    throw new RhymeError("input", {
      ...{ place, expected: "finite numbers in an embedding", received: String(bad) },
      remedy: "The memory folder checks what it takes: verify it (./rhyme memory --verify).",
    });
  return {
    ...{ source, symbol, timeframe, encoder: encoderVersion },
    anchor: storedInstant(`${place}, anchor`, anchor),
    embedding: [...embedding],
  };
}

/** Writes objects, all of them or it throws. */
export async function putAll(into: TenantCollection, objects: readonly NewObject[]): Promise<void> {
  const [first] = await into.put(objects);
  if (first === undefined) return;
  throw new RhymeError("store", {
    place: `${into.place}, object ${objects[first.at]!.id}`,
    expected: "to be stored",
    received: first.reason,
    remedy: "See what the message says; the schema can be checked with ./rhyme weaviate verify.",
  });
}

/** What was written as `detail`, and the embedding. @throws RhymeError "store" for what was not written by us */
export function readMoment(
  place: string,
  { id, properties }: StoredObject,
): { readonly detail: unknown; readonly embedding: Float32Array } {
  try {
    const detail = JSON.parse(properties["detail"] as string) as unknown;
    return { detail, embedding: Float32Array.from(properties["embedding"] as readonly number[]) };
  } catch {
    throw new RhymeError("store", {
      place: `${place}, object ${id}`,
      expected: "an object as this version writes them",
      received: "something else",
      remedy: "Delete it, or see who else writes there.",
    });
  }
}
