import type { Finding } from "./finding.ts";
import { findCopiedOpens } from "./find-copied-opens.ts";
import { findFrozenRuns } from "./find-frozen-runs.ts";
import { findHoles } from "./find-holes.ts";
import { findJumps } from "./find-jumps.ts";
import type { SeriesOfRows } from "./find-series-row.ts";
import { findSpikes } from "./find-spikes.ts";
import { findVolumeChanges } from "./find-volume-changes.ts";
import type { RawCandles } from "./raw-candles.ts";

/**
 * What a whole series shows: holes, frozen runs, spikes, jumps, copied opens, volume that changes its meaning. These
 * look forwards too, so they only report; every candle stays.
 */
export function findInSeries(judged: SeriesOfRows): Finding[] {
  const { raw, kept } = judged;
  if (kept.length === 0) return raw.stamp.length === 0 ? [] : [noCandles(raw)];
  const spikes = findSpikes(judged);
  return [
    ...findHoles(judged),
    ...findFrozenRuns(judged),
    ...spikes.findings,
    ...findJumps(judged, spikes.rows),
    ...findCopiedOpens(judged),
    ...findVolumeChanges(judged),
  ];
}

function noCandles(raw: RawCandles): Finding {
  const value = `${raw.stamp.length} rows read, none of them kept`;
  return { kind: "no-candles", file: raw.files[0]!, line: null, time: null, value, count: 1, done: "kept" };
}
