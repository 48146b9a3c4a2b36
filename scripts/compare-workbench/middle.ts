import { quantileSorted, sortedFinite } from "../../src/lib/math/quantiles.ts";

/** The median: of an even number of values the mean of the two in the middle. NaN of none. */
export const middle = (values: readonly number[]): number => quantileSorted(sortedFinite(values), 0.5);
