import type { Collection } from "../../../../../weaviate/collection.ts";
import { PATTERN_INDEX, patternCollection, VECTOR } from "../../../../../weaviate/schema.ts";
import type { SeriesKey } from "../../../candles/candle-series.ts";
import { indexRecall, type IndexRecall } from "../../../evaluation/versions/index-recall.ts";
import { indexedMemory } from "../../../memory/indexed-memory.ts";
import type { Horizon } from "../../../time/horizon.ts";
import type { MemoryFolder } from "../../sqlite/open-memory.ts";
import type { Work } from "../work.ts";
import type { VersionIndex } from "./version-work.ts";

/** Which moments an index is asked for. */
export interface IndexedMoments {
  readonly tenant: string;
  readonly encoder: { readonly version: string; readonly dim: number };
  readonly series: readonly SeriesKey[];
  readonly horizons: readonly Horizon[];
}

/** How many of the nearest the index finds, beside exact search. @throws RhymeError where it is behind the memory */
export async function recallOfIndex(
  folder: MemoryFolder,
  { tenant, encoder, series, horizons }: IndexedMoments,
  at: VersionIndex,
  { questions, signal, onProgress }: Work & { readonly questions: number },
): Promise<IndexRecall> {
  const { version, dim } = encoder;
  const exact = folder.memory(tenant, { version, dim });
  const index = at.server.tenant(tenant).patterns({ encoderVersion: version, dim });
  const source = folder.patternSource(tenant, { version, dim });
  const approximate = indexedMemory(exact, source, index, { whenBehind: "refuse", signal });
  const exactBelow = await cutoffOf(at.schema, version);
  return indexRecall(exact, approximate, {
    ...{ series, horizons, questions, exactBelow, signal },
    onProgress: (done, total) => onProgress?.({ what: "asking the index", done, total }),
  });
}

/** With fewer objects left by its filter the server compares them one by one; what it has, whatever ours should be. */
async function cutoffOf(schema: VersionIndex["schema"], version: string): Promise<number> {
  const made = await schema.get(patternCollection(version));
  const vectors = made?.["vectorConfig"] as Collection["vectorConfig"] | undefined;
  return vectors?.[VECTOR]?.vectorIndexConfig.flatSearchCutoff ?? PATTERN_INDEX.flatSearchCutoff;
}
