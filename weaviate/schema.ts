import {
  instant,
  jsonText,
  name,
  ranked,
  stored,
  type Collection,
  type Property,
  type VectorIndexConfig,
} from "./collection.ts";

/** Stands at the head of every collection's description; raised by every change that an older server cannot follow. */
export const SCHEMA_VERSION = 1;
/** The one named vector of a collection of patterns. */
export const VECTOR = "embedding";
/** For people and other tools: follows channel `default`. Queries of ours name their collection. */
export const ALIAS = "TradingPattern";
export const LIVE_MARKET_STATE = "LiveMarketState";
export const ANOMALY_PATTERN = "AnomalyPattern";
export const INDEX_MARK = "RhymeIndexMark";
/** A live state is of no use after a day. Writers set `expiresAt` to now + this. */
export const LIVE_STATE_TTL_MS = 24 * 60 * 60 * 1000;

const PREFIX = `${ALIAS}_`;

/** The collection that holds the patterns of one encoder version. */
export function patternCollection(encoderVersion: string): string {
  return PREFIX + encoderVersion;
}

/** The encoder version of a collection of patterns, null for any other. */
export function encoderOf(collection: string): string | null {
  return collection.startsWith(PREFIX) ? collection.slice(PREFIX.length) : null;
}

/** By which schema version a collection of that description was made; null: not by us. */
export function schemaVersionOf(description: string): number | null {
  const found = /^Rhyme schema (\d+): /.exec(description);
  return found ? Number(found[1]) : null;
}

/** The property that holds when the first outcome over a horizon was known; absent until then. */
export function matureAt(horizon: string): string {
  return `matureAt_${horizon}`;
}

/** The horizon of such a property, null for any other. */
export function horizonOf(property: string): string | null {
  return property.startsWith(matureAt("")) ? property.slice(matureAt("").length) : null;
}

/** How embeddings are indexed. reasons.ts says why, parameter by parameter; README.md has the measurements. */
export const PATTERN_INDEX: VectorIndexConfig = {
  skip: false,
  distance: "cosine",
  maxConnections: 32,
  efConstruction: 128,
  ef: -1,
  dynamicEfMin: 100,
  dynamicEfMax: 2_000,
  dynamicEfFactor: 3,
  flatSearchCutoff: 40_000,
  filterStrategy: "acorn",
  skipDefaultQuantization: true,
};

/**
 * Collections in which moments of several encoders stand have no vector: its length is fixed by the first object, even
 * where the index is skipped, and two encoders must not meet in one search. Their embedding is a property.
 */
const NO_VECTOR = { vectorizer: "none", vectorIndexType: "hnsw", vectorIndexConfig: { skip: true } } as const;

const SERIES: readonly Property[] = [
  name("symbol", "what is traded, as the source names it"),
  name("timeframe", "base timeframe, in its one spelling: 5m, 1h, 1d"),
  name("source", "where the candles came from"),
];

/**
 * Patterns of one encoder version, a tenant per organisation. The object's id is the pattern's own (UUIDv5).
 * @param horizons those known when it is made; a further one is added when it is first seen
 */
export function tradingPattern(encoderVersion: string, horizons: readonly string[]): Collection {
  return {
    ...collection(patternCollection(encoderVersion), `patterns of encoder ${encoderVersion}`),
    vectorConfig: {
      [VECTOR]: { vectorizer: { none: {} }, vectorIndexType: "hnsw", vectorIndexConfig: PATTERN_INDEX },
    },
    properties: [
      ...SERIES,
      instant("anchor", "the instant at which the moment was known"),
      name("regime", "regime at the anchor; may be absent"),
      ranked("revision", "0 unless the moment was asked again after a correction", "int"),
      ...horizons.map(matureAtProperty),
      jsonText("detail", "JSON: ATR, base forecasts, every label fact by horizon, lineage, digest"),
      stored("outcome", "of a trade taken here: money won or lost", "number"),
      stored("return", "of a trade taken here: logarithmic", "number"),
      stored("pips", "of a trade taken here", "number"),
      stored("win", "of a trade taken here", "boolean"),
    ],
  };
}

/** What a collection of patterns gains when a horizon is first seen. */
export function matureAtProperty(horizon: string): Property {
  return instant(
    matureAt(horizon),
    `when the first outcome over ${horizon} was known; absent until it is mature`,
  );
}

/** The newest state of each live series; gone a day after it was last written. One object per tenant and series. */
export function liveMarketState(): Collection {
  return {
    ...collection(LIVE_MARKET_STATE, "newest state of each live series, gone after 24 h"),
    objectTtlConfig: { enabled: true, deleteOn: "expiresAt", defaultTtl: 0, filterExpiredObjects: true },
    ...NO_VECTOR,
    properties: [
      ...SERIES,
      name("encoder", "the encoder version that made the embedding"),
      instant("anchor", "the instant at which the state was known"),
      name("regime", "regime at the anchor; may be absent"),
      instant("expiresAt", "24 h after it was written"),
      stored("embedding", "as the encoder made it", "number[]"),
      jsonText("detail", "JSON: ATR, base forecasts, id of the answer, p-value, lineage"),
    ],
  };
}

/** Moments that the detector found unlike the past, with what they were compared with. */
export function anomalyPattern(): Collection {
  return {
    ...collection(ANOMALY_PATTERN, "moments unlike the past, and what they were compared with"),
    ...NO_VECTOR,
    properties: [
      ...SERIES,
      name("encoder", "the encoder version that made the embedding"),
      instant("anchor", "the instant at which the moment was known"),
      name("regime", "regime at the anchor; may be absent"),
      name("kind", "what is most unusual: distance (to neighbours) or residual (of the reconstruction)"),
      ranked("score", "of that kind; comparable within one kind and encoder", "number"),
      ranked("pValue", "of both scores together; the smaller, the more unusual", "number"),
      stored("embedding", "as the encoder made it", "number[]"),
      jsonText("detail", "JSON: both scores, calibration, nearest normal and nearest anomalous moments"),
    ],
  };
}

/** Up to which change of which truth an index holds everything. One object per tenant and encoder version. */
export function indexMark(): Collection {
  return {
    ...collection(INDEX_MARK, "up to which change of which memory the index holds everything"),
    ...NO_VECTOR,
    properties: [
      name("encoder", "the encoder version of the collection of patterns"),
      jsonText("mark", "JSON: identity of the memory, number of its change"),
    ],
  };
}

/** Those that stand beside the collections of patterns, whatever the encoder. */
export function commonCollections(): readonly Collection[] {
  return [liveMarketState(), anomalyPattern(), indexMark()];
}

type Head = Pick<
  Collection,
  "class" | "description" | "multiTenancyConfig" | "invertedIndexConfig" | "replicationConfig"
>;

function collection(named: string, what: string): Head {
  return {
    class: named,
    description: `Rhyme schema ${SCHEMA_VERSION}: ${what}`,
    multiTenancyConfig: { enabled: true, autoTenantCreation: false, autoTenantActivation: true },
    invertedIndexConfig: { indexTimestamps: false, indexNullState: false, indexPropertyLength: false },
    replicationConfig: { factor: 1 },
  };
}
