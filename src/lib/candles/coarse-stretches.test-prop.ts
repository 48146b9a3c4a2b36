import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "../math/rng.ts";
import { calendarFx } from "../time/calendar-fx.ts";
import { calendar24x7 } from "../time/calendar-24x7.ts";
import { calendarUsEquities } from "../time/calendar-us-equities.ts";
import { barGrid } from "../time/grid.ts";
import type { Timeframe } from "../time/timeframe.ts";
import { DAY, HOUR } from "../time/units.ts";
import { coarseStretches, type Cadence } from "./coarse-stretches.ts";

const START = Date.UTC(2024, 0, 1);
const calendars = fc.constantFrom(calendar24x7, calendarFx, calendarUsEquities);
/** Fine, coarse, and days of both. */
const timeframes = fc.constantFrom<[Timeframe, Timeframe, number, number]>(
  ["1h", "1d", 120, 12],
  ["5m", "1h", 8, 3],
  ["1m", "5m", 2, 1],
  ["15m", "1h", 16, 6],
  ["1d", "1w", 500, 60],
);

/** Opens of bars of one step after another, each bar there with chance `kept`. */
function opensOf(
  pieces: readonly (readonly [Timeframe, number])[],
  kept: number,
  { calendar, seed }: World,
): number[] {
  const rng = createRng(seed);
  let at = START;
  return pieces.flatMap(([timeframe, days]) => {
    const from = at;
    at += days * DAY;
    return [...barGrid(calendar, timeframe, from, at).open].filter(() => rng.next() < kept);
  });
}

interface World {
  readonly calendar: Cadence["calendar"];
  readonly seed: number;
}
const world: fc.Arbitrary<World> = fc.record({ calendar: calendars, seed: fc.nat(1e9) });

function coarseRows(times: readonly number[], cadence: Cadence): Set<number> {
  return new Set(coarseStretches(Float64Array.from(times), cadence).flatMap(({ rows }) => [...rows]));
}

const isFine = (times: readonly number[], row: number): boolean => times[row]! - times[row - 1]! <= HOUR;

describe("coarse stretches", () => {
  it("hold every row of a longer bar, at the beginning of a file and between finer rows", () => {
    fc.assert(
      fc.property(world, timeframes, fc.constantFrom(1, 0.97), fc.boolean(), (at, frames, kept, begins) => {
        const [fine, coarse, long, short] = frames;
        const before: [Timeframe, number][] = begins ? [] : [[fine, short]];
        const { calendar } = at;
        const times = opensOf([...before, [coarse, long], [fine, short]], kept, at);
        const from = START + (begins ? 0 : short * DAY);
        const found = coarseRows(times, { timeframe: fine, calendar });
        for (const [row, t] of times.entries()) {
          if (t >= from && t < from + long * DAY) expect(found.has(row), `row ${row} is coarse`).toBe(true);
        }
        // Of the finer rows the first one goes with them, or those up to the second fine step in a row.
        const among = [...found].filter((row) => times[row]! < from || times[row]! >= from + long * DAY);
        expect(among.length).toBeLessThanOrEqual(kept === 1 ? 4 : 8);
      }),
      { seed: 1, numRuns: 120 },
    );
  });

  it("never let a row out that they held, and take none from before the last two fine steps", () => {
    fc.assert(
      fc.property(
        world,
        fc.array(fc.tuple(fc.constantFrom<Timeframe>("1h", "4h", "1d"), fc.integer({ min: 1, max: 40 })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.constantFrom(1, 0.9, 0.3),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (at, pieces, kept, share) => {
          const times = opensOf(pieces, kept, at);
          const cadence = { timeframe: "1h", calendar: at.calendar };
          const cut = Math.floor(share * times.length);
          const [part, whole] = [coarseRows(times.slice(0, cut), cadence), coarseRows(times, cadence)];
          for (const row of part) expect(whole.has(row), `row ${row} stays`).toBe(true);
          let settled = cut - 1;
          while (settled > 1 && !(isFine(times, settled) && isFine(times, settled - 1))) settled--;
          if (settled <= 1) settled = 0;
          for (const row of whole) {
            if (row < settled) expect(part.has(row), `row ${row} was known`).toBe(true);
          }
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it("are none in thin trading, but for a few rows at its very beginning", () => {
    let begun = 0;
    fc.assert(
      fc.property(
        world,
        fc.constantFrom<Timeframe>("5m", "30m", "1h", "4h"),
        fc.double({ min: 0.02, max: 0.9, noNaN: true }),
        (at, timeframe, kept) => {
          const times = opensOf([[timeframe, 30]], kept, at);
          const stretches = coarseStretches(Float64Array.from(times), { timeframe, calendar: at.calendar });
          for (const { rows } of stretches) expect(rows[0]).toBe(0);
          begun += stretches.length;
        },
      ),
      { seed: 1, numRuns: 500 },
    );
    expect(begun).toBeLessThanOrEqual(10); // 2 %
  });
});
