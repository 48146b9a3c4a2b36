/** How many entries of an ascending column are at most `t`; one less is the row of the newest, −1 where there is none. */
export function countUpTo(ascending: ArrayLike<number>, t: number): number {
  return countWhile(ascending.length, (i) => ascending[i]! <= t);
}

/** How many of 0..length − 1 hold before the first that does not, where none holds after it: a binary search. */
export function countWhile(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
