import { iso } from "../time/units.ts";
import type { Finding } from "./finding.ts";
import { findingOf, type SeriesOfRows } from "./find-series-row.ts";
import { holesOf } from "./gap-ledger.ts";

/** Every run of expected bars that are missing, at the line before it. */
export function findHoles(judged: SeriesOfRows): Finding[] {
  const { series, ledger } = judged;
  const found: Finding[] = [];
  let row = 0;
  for (const hole of holesOf(ledger)) {
    while (row + 1 < series.openTime.length && series.openTime[row + 1]! < hole.firstOpen) row++;
    const from = iso(hole.firstOpen);
    const value = hole.bars === 1 ? from : `${from} to ${iso(ledger.grid.open[hole.to - 1]!)}`;
    found.push({ ...findingOf(judged, row, "missing-bars", value, hole.bars), time: hole.firstOpen });
  }
  return found;
}
