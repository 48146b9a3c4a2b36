import { RhymeError } from "../errors.ts";
import type { Timeframe } from "../time/timeframe.ts";
import { iso } from "../time/units.ts";
import { coarseStretches, type Cadence, type CoarseStretch } from "./coarse-stretches.ts";
import { findingAt } from "./find-defects.ts";
import type { Finding } from "./finding.ts";
import { TAKEN_OUT, type PlacedStamps } from "./place-stamps.ts";
import type { RawCandles } from "./raw-candles.ts";

/**
 * The rows with the coarse stretches of each file marked. Files are looked at one by one: hourly rows of one file are
 * no bars of 5 minutes because another file has those.
 * @throws RhymeError "usage" where no row of any file is as fine as the timeframe
 */
export function markCoarse(raw: RawCandles, cadence: Cadence): RawCandles {
  const R = raw.stamp.length;
  const coarse: CoarseStretch[] = [];
  for (let from = 0; from < R;) {
    let end = from + 1;
    while (end < R && raw.file[end] === raw.file[from]) end++;
    for (const { rows, step } of coarseStretches(raw.stamp.subarray(from, end), cadence))
      coarse.push({ rows: from === 0 ? rows : rows.map((row) => row + from), step });
    from = end;
  }
  if (coarse.length === 0) return raw;
  if (coarse.reduce((sum, { rows }) => sum + rows.length, 0) === R) throw tooFine(raw, coarse[0]!, cadence);
  return { ...raw, coarse };
}

function tooFine(raw: RawCandles, { step }: CoarseStretch, { timeframe }: Cadence): RhymeError {
  return new RhymeError("usage", {
    place: "--timeframe",
    expected: `a timeframe not finer than the rows, which are ${step} apart in ${raw.files[0]!}`,
    received: timeframe,
    remedy: `Give --timeframe ${step}, or finer candles: a bar of ${step} is known only when it ends`,
  });
}

/**
 * One finding per stretch of rows that are longer bars; they are no candles of this series.
 * @param placed its verdict becomes TAKEN_OUT for them
 * @param alive set to 0 for them [R]
 */
export function findCoarse(
  raw: RawCandles,
  { verdict }: PlacedStamps,
  alive: Uint8Array,
  timeframe: Timeframe,
): Finding[] {
  return (raw.coarse ?? []).map(({ rows, step }) => {
    for (const row of rows) {
      verdict[row] = TAKEN_OUT;
      alive[row] = 0;
    }
    const [from, to] = [raw.stamp[rows[0]!]!, raw.stamp[rows[rows.length - 1]!]!];
    const why = `rows ${step} apart are no bars of ${timeframe}, and known only when their ${step} is over`;
    const value = `${iso(from)} to ${iso(to)}, ${why}; read them from a file of their own with --timeframe ${step}`;
    const first = rows.reduce((least, row) => Math.min(least, row));
    return { ...findingAt(raw, first, "coarse-stretch", value, "dropped", rows.length), time: from };
  });
}
