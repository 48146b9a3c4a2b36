/** Whether a parameter of a collection that exists can be changed on the server. */
export type Changing = "in place" | "new collection" | "not compared";

export interface Reason {
  readonly why: string;
  readonly changing: Changing;
}

const fixed = (why: string): Reason => ({ why, changing: "new collection" });
const free = (why: string): Reason => ({ why, changing: "in place" });
const words = (why: string): Reason => ({ why, changing: "not compared" });

/**
 * Why every parameter is what it is, by its path in the collection; `*` stands for the name of a vector or property.
 * `changing` is what server 1.39 does with a change, tried on one.
 */
export const REASONS: Readonly<Record<string, Reason>> = {
  class: fixed("names the encoder version, so that a query cannot reach the vectors of another one"),
  description: free("begins with the schema version, by which an older server is told from a foreign one"),
  "multiTenancyConfig.enabled": fixed(
    "a tenant is a shard of its own: what another tenant holds is not in it, whatever the filter says",
  ),
  "multiTenancyConfig.autoTenantCreation": free("a misspelt name must fail instead of making a tenant"),
  "multiTenancyConfig.autoTenantActivation": free("a tenant that was put to sleep wakes when it is asked"),
  "invertedIndexConfig.indexTimestamps": fixed("the server's own clock is no fact of ours"),
  "invertedIndexConfig.indexNullState": fixed("`matureAt ≤ asOf` leaves out what is absent already"),
  "invertedIndexConfig.indexPropertyLength": fixed("nothing asks for the length of a text"),
  "replicationConfig.factor": fixed("one server; the index can be rebuilt from the memory at any time"),
  "objectTtlConfig.enabled": free(
    "a live state that nobody renews is wrong after a day, so it goes by itself",
  ),
  "objectTtlConfig.deleteOn": free("the writer says when, so that a late write does not live longer"),
  "objectTtlConfig.defaultTtl": free("`expiresAt` is the end itself: nothing is added"),
  "objectTtlConfig.filterExpiredObjects": free(
    "an expired state is not told where expiresAt is read; our reads leave it out themselves",
  ),
  vectorizer: fixed("our encoders make the vectors; nothing leaves the machine"),
  vectorIndexType: fixed("the server wants one named, though it is skipped"),
  "vectorIndexConfig.skip": fixed("no vectors here: nothing to index"),
  "vectorConfig.*.vectorizer.none": fixed("our encoders make the vectors; nothing leaves the machine"),
  "vectorConfig.*.vectorIndexType": fixed(
    "flat is too slow for 200,000 at 25 ms, dynamic turns into hnsw one-way, hfresh ranks by one bit a dimension",
  ),
  "vectorConfig.*.vectorIndexConfig.skip": fixed("this is what is searched"),
  "vectorConfig.*.vectorIndexConfig.distance": fixed("the memory's own distance is 1 − cosine"),
  "vectorConfig.*.vectorIndexConfig.maxConnections": fixed(
    "edges a node keeps: more recall, but below 128 dimensions they are most of the memory it takes",
  ),
  "vectorConfig.*.vectorIndexConfig.efConstruction": fixed("how widely the graph looks while it is built"),
  "vectorConfig.*.vectorIndexConfig.ef": free("how widely a search looks; −1 takes it from the limit"),
  "vectorConfig.*.vectorIndexConfig.dynamicEfMin": free("the least that a search looks at"),
  "vectorConfig.*.vectorIndexConfig.dynamicEfMax": free(
    "the most that a search looks at: a question reads the 400 nearest, and of 103,617 real patterns 500 missed 0.6 % " +
      "of those, so that 23 of 40 questions were answered a little otherwise; 2,000 missed none",
  ),
  "vectorConfig.*.vectorIndexConfig.dynamicEfFactor": free(
    "how much wider than its limit a search looks: of 200,000 three times it finds all of the nearest ten, and 0.999 of 400",
  ),
  "vectorConfig.*.vectorIndexConfig.flatSearchCutoff": free(
    "where a filter leaves fewer, all of them are compared, and the answer is exact",
  ),
  "vectorConfig.*.vectorIndexConfig.filterStrategy": free(
    "acorn walks past nodes that the filter leaves out; sweeping loses its way where few are left",
  ),
  "vectorConfig.*.vectorIndexConfig.skipDefaultQuantization": fixed(
    "a server with a default quantizer must not round our vectors unasked",
  ),
  "properties.*.name": fixed("what queries and readers call it"),
  "properties.*.description": words("for people who look at the server"),
  "properties.*.dataType": fixed("what it is"),
  "properties.*.tokenization": fixed("field: a name is compared whole, never cut into words"),
  "properties.*.indexFilterable": fixed(
    "on for names that queries ask for; every further index halves the write speed",
  ),
  "properties.*.indexSearchable": fixed("off: nobody searches words here"),
  "properties.*.indexRangeFilters": fixed(
    "on for instants and numbers that queries compare, so that `≤ asOf` is cheap",
  ),
};

/** The reason for the parameter at a path such as `properties.anchor.dataType`. */
export function reasonFor(path: string): Reason | undefined {
  return REASONS[path.replace(/^(vectorConfig|properties)\.[^.]+/, "$1.*")];
}
