/**
 * Which index was to search, and how that went. It stands beside an answer, never in what its id covers: where an
 * index is exact the same was said without it, and nothing is told of it where none was named.
 */
export interface Searched {
  /** The index, without any key. */
  readonly index: string;
  /** Why the memory itself was searched instead; null: the index was. */
  readonly fallback: string | null;
  /** Whether every search compared all it may see; false: an index of many named the nearest approximately. */
  readonly exact: boolean;
}

/** The same in words for people. */
export function searchedSentence({ index, fallback, exact }: Searched): string {
  if (fallback !== null) return `Searched in the memory itself: ${index} could not be used (${fallback}).`;
  if (exact) return `Searched by ${index}, exactly.`;
  return `Searched by ${index}, approximately: among so many moments it may miss some of the nearest.`;
}
