/** A collection as `POST /v1/schema` takes it: only what we state; the server adds its defaults to the rest. */
export interface Collection {
  readonly class: string;
  readonly description: string;
  readonly multiTenancyConfig: {
    readonly enabled: boolean;
    readonly autoTenantCreation: boolean;
    readonly autoTenantActivation: boolean;
  };
  readonly invertedIndexConfig: {
    readonly indexTimestamps: boolean;
    readonly indexNullState: boolean;
    readonly indexPropertyLength: boolean;
  };
  readonly replicationConfig: { readonly factor: number };
  readonly objectTtlConfig?: {
    readonly enabled: boolean;
    readonly deleteOn: string;
    readonly defaultTtl: number;
    readonly filterExpiredObjects: boolean;
  };
  readonly vectorConfig?: Readonly<Record<string, VectorConfig>>;
  /** Only where there is no named vector: the server gives such a collection an unnamed one. */
  readonly vectorizer?: "none";
  readonly vectorIndexType?: "hnsw";
  readonly vectorIndexConfig?: { readonly skip: true };
  readonly properties: readonly Property[];
}

export interface VectorConfig {
  readonly vectorizer: { readonly none: Readonly<Record<string, never>> };
  readonly vectorIndexType: "hnsw";
  readonly vectorIndexConfig: VectorIndexConfig;
}

/** Parameters of the graph index (HNSW). */
export interface VectorIndexConfig {
  readonly skip: boolean;
  readonly distance: "cosine";
  readonly maxConnections: number;
  readonly efConstruction: number;
  readonly ef: number;
  readonly dynamicEfMin: number;
  readonly dynamicEfMax: number;
  readonly dynamicEfFactor: number;
  readonly flatSearchCutoff: number;
  readonly filterStrategy: "acorn" | "sweeping";
  readonly skipDefaultQuantization: boolean;
  readonly rq?: { readonly enabled: boolean; readonly bits: number; readonly rescoreLimit: number };
}

export interface Property {
  readonly name: string;
  readonly description: string;
  readonly dataType: readonly ["text" | "date" | "int" | "number" | "number[]" | "boolean"];
  readonly tokenization?: "field";
  readonly indexFilterable: boolean;
  readonly indexSearchable?: boolean;
  readonly indexRangeFilters?: boolean;
}

const PLAIN = { indexFilterable: false } as const;

/** A name or kind: equal or not, never words. */
export function name(property: string, description: string): Property {
  const index = { indexFilterable: true, indexSearchable: false } as const;
  return { name: property, description, dataType: ["text"], tokenization: "field", ...index };
}

/** An instant that queries compare: at most, at least. */
export function instant(property: string, description: string): Property {
  return { name: property, description, dataType: ["date"], ...PLAIN, indexRangeFilters: true };
}

/** A number that queries compare. */
export function ranked(property: string, description: string, dataType: "int" | "number"): Property {
  return { name: property, description, dataType: [dataType], ...PLAIN, indexRangeFilters: true };
}

/** What is only read back. */
export function stored(
  property: string,
  description: string,
  dataType: "number" | "number[]" | "boolean",
): Property {
  return { name: property, description, dataType: [dataType], ...PLAIN };
}

/** A JSON text that is only read back: one property, whatever it holds. */
export function jsonText(property: string, description: string): Property {
  const index = { ...PLAIN, indexSearchable: false } as const;
  return { name: property, description, dataType: ["text"], tokenization: "field", ...index };
}
