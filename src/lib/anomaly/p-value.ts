import { countUpTo } from "../math/count-up-to.ts";

/**
 * Share of scores at least as large as `score`, itself among them: (1 + #{past ≥ score}) / (n + 1). Where past and
 * present are exchangeable it is at most p with a chance of at most p, for every p (conformal p-value: Vovk, Gammerman
 * & Shafer 2005, chapter 2; for anomalies: Bates et al. 2023, Annals of Statistics 51). 1 for an empty past.
 * @param past ascending, without NaN
 */
export function conformalP(past: Float64Array, score: number): number {
  const below = countUpTo(past, score) - countEqual(past, score);
  return (1 + past.length - below) / (past.length + 1);
}

/** The same of a score that is itself among `past`, against the others: #{past ≥ score} / n. */
export function conformalPOfOwn(past: Float64Array, score: number): number {
  const below = countUpTo(past, score) - countEqual(past, score);
  return (past.length - below) / past.length;
}

/** How many entries of an ascending column equal `value`. */
function countEqual(ascending: Float64Array, value: number): number {
  const upTo = countUpTo(ascending, value);
  let at = upTo;
  while (at > 0 && ascending[at - 1] === value) at--;
  return upTo - at;
}

/**
 * One p-value of several about the same moment, whatever their dependence: the smallest times how many there are, at
 * most 1 (Bonferroni). What is null was not said and is not counted; null where nothing was said.
 */
export function combinedP(pValues: readonly (number | null)[]): number | null {
  const said = pValues.filter((p) => p !== null);
  return said.length === 0 ? null : Math.min(1, said.length * Math.min(...said));
}
