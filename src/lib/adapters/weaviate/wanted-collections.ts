import type { Collection } from "../../../../weaviate/collection.ts";
import {
  commonCollections,
  encoderOf,
  horizonOf,
  patternCollection,
  tradingPattern,
} from "../../../../weaviate/schema.ts";
import { checkEncoderVersion } from "../../memory/names.ts";
import type { ServerCollection } from "./schema-difference.ts";

/** Encoder versions that should be on a server, each with the horizons that are remembered through it. */
export type WantedEncoders = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * What a server should have: what stands beside the patterns, a collection for every encoder that is wanted, and those
 * that are there already, with the horizons that they have gained.
 * @throws RhymeError "usage" for an encoder version that is none
 */
export function wantedCollections(
  encoders: WantedEncoders,
  found: readonly ServerCollection[],
): readonly Collection[] {
  for (const version of encoders.keys()) checkEncoderVersion(version);
  const there = new Map(found.map((one) => [one.class, one]));
  const versions = new Set([...encoders.keys(), ...found.flatMap((one) => encoderOf(one.class) ?? [])]);
  const patterns = [...versions].sort().map((version) => {
    const properties = there.get(patternCollection(version))?.properties ?? [];
    const gained = properties.flatMap(({ name }) => horizonOf(name) ?? []);
    return tradingPattern(version, [...new Set([...(encoders.get(version) ?? []), ...gained])].sort());
  });
  return [...patterns, ...commonCollections()];
}
