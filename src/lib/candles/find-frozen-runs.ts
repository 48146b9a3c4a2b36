import { iso } from "../time/units.ts";
import { eachBlock } from "./blocks.ts";
import type { Finding } from "./finding.ts";
import { findingOf, type SeriesOfRows } from "./find-series-row.ts";

/** Fewer equal bars are never worth a word. */
const SHORTEST = 5;

/** A run is implausible where a series like this would have one so long in less than one of a hundred files. */
const RARE = 0.01;

/**
 * Runs of bars with the same four prices that are longer than the series makes plausible: a halt, a dead feed, a
 * source that repeats its last bar. Thin markets repeat themselves by nature, so the bound comes from the runs of
 * the series itself: from how often shorter ones go on by one more bar (a geometric tail).
 */
export function findFrozenRuns(judged: SeriesOfRows): Finding[] {
  const runs = runsOf(judged);
  const bound = implausibleLength(runs, judged.kept.length);
  const { series } = judged;
  const found: Finding[] = [];
  for (const [first, length] of runs) {
    if (length < bound) continue;
    const { open, high, low, close, volume, openTime } = series;
    const prices =
      high[first] === low[first]
        ? `flat at ${close[first]}`
        : `open ${open[first]}, high ${high[first]}, low ${low[first]}, close ${close[first]}`;
    const traded = volume.subarray(first, first + length).some((v) => v > 0);
    const span = `${iso(openTime[first]!)} to ${iso(openTime[first + length - 1]!)}`;
    found.push(
      findingOf(judged, first, "frozen-run", `${span}: ${prices}${traded ? "" : ", no volume"}`, length),
    );
  }
  return found;
}

/** [first candle, bars] of every run of two bars or more. */
function runsOf({ series: { open, high, low, close } }: SeriesOfRows): (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = [];
  let first = 0;
  eachBlock(open.length, (from, to) => {
    for (let i = from === 0 ? 1 : from; i < to; i++) {
      const same =
        close[i] === close[i - 1] &&
        open[i] === open[i - 1] &&
        high[i] === high[i - 1] &&
        low[i] === low[i - 1];
      if (same) continue;
      if (i - first > 1) runs.push([first, i - first]);
      first = i;
    }
  });
  if (open.length - first > 1) runs.push([first, open.length - first]);
  return runs;
}

/**
 * The shortest length that is implausible given all shorter runs. Longer runs do not vote on their own plausibility,
 * else a series with two halts would make halts usual.
 */
function implausibleLength(runs: readonly (readonly [number, number])[], bars: number): number {
  const lengths = Float64Array.from(runs, ([, length]) => length).sort();
  let [repeats, continued, shorter] = [0, 0, 0];
  for (let length = 2; ; length++) {
    for (; shorter < lengths.length && lengths[shorter]! < length; shorter++) {
      repeats += lengths[shorter]! - 1;
      continued += lengths[shorter]! - 2;
    }
    if (length < SHORTEST) continue;
    const goesOn = Math.max(repeats / bars, repeats > 0 ? continued / repeats : 0);
    if (Math.max(shorter, 1) * goesOn ** (length - 2) < RARE) return length;
    if (shorter === lengths.length) return Infinity;
  }
}
