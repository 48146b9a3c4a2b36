import { DAY, type EpochMs } from "../../time/units.ts";
import { offsetAt, type ZoneName } from "../../time/zone.ts";

/** Instants of times on a clock. */
export interface WallInstants {
  /** NaN where the clock skips the time. [R] */
  readonly stamp: Float64Array;
  /** Rows whose time the clock shows twice. */
  readonly twice: number;
}

/**
 * Instants of rows that show the clock of a zone. Of a time that the clock shows twice (an hour in autumn) the
 * first is meant, unless that would lie before the row read last: rows run forwards (or, where most steps do,
 * backwards), so the second pass through the hour is the second hour. Where rows have been closer than that hour,
 * the same time again is a row written twice.
 * @param local ms since 1970-01-01T00:00 on that clock, in the order of the file, NaN where there is none [R]
 */
export function instantsOfWall(zone: ZoneName, local: Float64Array): WallInstants {
  const stamp = new Float64Array(local.length).fill(NaN);
  const backwards = runsBackwards(local);
  let [day, steady, twice] = [NaN, NaN, 0];
  let [before, shown, step] = [-Infinity, NaN, Infinity]; // the row read last, and the shortest step so far
  for (let k = 0; k < local.length; k++) {
    const i = backwards ? local.length - 1 - k : k;
    const time = local[i]!;
    if (Number.isNaN(time)) continue;
    if (Math.floor(time / DAY) !== day) {
      day = Math.floor(time / DAY);
      steady = steadyOffset(zone, day);
    }
    if (!Number.isNaN(steady)) stamp[i] = time - steady;
    else {
      const [first, second] = bothInstants(zone, time);
      if (second > first) twice++;
      const again = time === shown && step < second - first;
      stamp[i] = again ? before : first > before || second === first ? first : second;
    }
    const found = stamp[i];
    if (!Number.isNaN(found)) before = found;
    if (time > shown) step = Math.min(step, time - shown);
    shown = time;
  }
  return { stamp, twice };
}

/** The offset of a whole local day and its neighbours, NaN where the clock changes within them. */
function steadyOffset(zone: ZoneName, day: number): number {
  const offset = offsetAt(zone, (day - 1) * DAY);
  for (let k = 0; k < 3; k++) if (offsetAt(zone, (day + k) * DAY) !== offset) return NaN;
  return offset;
}

/** When a clock shows `local`: twice the same instant where it does so once, NaN where never. */
function bothInstants(zone: ZoneName, local: number): readonly [EpochMs, EpochMs] {
  const instants = [offsetAt(zone, local - DAY), offsetAt(zone, local + DAY)]
    .map((offset) => local - offset)
    .filter((t) => t + offsetAt(zone, t) === local)
    .sort((a, b) => a - b);
  return [instants[0] ?? NaN, instants[1] ?? instants[0] ?? NaN];
}

function runsBackwards(local: Float64Array): boolean {
  let [up, down] = [0, 0];
  for (let i = 1; i < local.length; i++) {
    if (local[i]! > local[i - 1]!) up++;
    else if (local[i]! < local[i - 1]!) down++;
  }
  return down > up;
}
