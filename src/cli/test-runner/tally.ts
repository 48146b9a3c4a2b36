/** A test that did not run, and why as far as it is known. */
export interface Skip {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
}

/** What one check found. Format, lint and types count as one each; of the unit tests every test counts, of the
 * notebooks every one, of look-ahead every function. */
export interface Tally {
  readonly check: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly Skip[];
  /** One entry per failure, for people. */
  readonly failures: readonly string[];
}

/** The last line of `./rhyme test`: `12 passed, 0 failed`, and the skipped where there are any. */
export function countingLine(tallies: readonly Tally[]): string {
  const sum = (count: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + count(tally), 0);
  const skipped = sum((tally) => tally.skipped.length);
  const counts = [`${sum((tally) => tally.passed)} passed`, `${sum((tally) => tally.failed)} failed`];
  return [...counts, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(", ");
}
