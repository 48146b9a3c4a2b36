/**
 * Which index was to search, and how that went. It stands beside an answer, never in what its id covers: where an
 * index is exact the same was said without it, and nothing is told of it where none was named.
 */
export interface Searched {
  /** The index, without any key. */
  readonly index: string;
  /** Why the memory itself was searched instead; null: the index was. */
  readonly fallback: string | null;
}

/** The same in words for people. */
export function searchedSentence({ index, fallback }: Searched): string {
  if (fallback === null) return `Searched by ${index}.`;
  return `Searched in the memory itself: ${index} could not be used (${fallback}).`;
}
