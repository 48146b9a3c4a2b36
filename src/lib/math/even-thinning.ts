/**
 * Whether the item numbered `index` is kept when one of every `step` is (a power of two): of each pair of neighbours a
 * coin keeps one, of each pair of those another, and so on. What is kept lies evenly, one in every `step`, but in step
 * with no clock: every `step`-th hour would be the same few hours of the day for ever. What is kept at a step is kept
 * at every smaller one, and depends on nothing but the number.
 */
export function isKept(index: number, step: number): boolean {
  for (let size = 2, level = 1; size <= step; size *= 2, level++) {
    const upper = Math.floor(index / (size / 2)) & 1;
    if ((scrambled(Math.floor(index / size) + Math.imul(level, 0x9e3779b9)) & 1) !== upper) return false;
  }
  return true;
}

/** A place in [0, width) for the item numbered `index`: as if by chance, always the same. */
export function placeWithin(index: number, width: number): number {
  return Math.floor((scrambled(index ^ 0x5bd1e995) / 4294967296) * width);
}

/** 32 bits that look random (the finish of MurmurHash3, Appleby, public domain). */
function scrambled(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
