/** Exchanges that may keep silent at once before one that answers waits for them; a thread begins when it is needed. */
export const SOURCE_THREADS = 4;
