import { withMemory } from "../lib/adapters/folder/with-memory.ts";
import type { SeriesKey } from "../lib/candles/candle-series.ts";
import { gapLedger, holesOf } from "../lib/candles/gap-ledger.ts";
import { iso, type EpochMs } from "../lib/time/units.ts";

/** What a memory holds of a span, and which bars of it are missing. */
export interface SpanGaps {
  readonly rows: number;
  readonly first: string | null;
  readonly last: string | null;
  /** Bars that the calendar expects from the first to the last. */
  readonly expected: number;
  readonly missing: number;
  readonly holes: number;
  /** The longest five. */
  readonly longest: readonly { readonly from: string; readonly to: string; readonly bars: number }[];
}

/** The gap ledger of stored bars that open in [from, to), as they are known now. */
export function gapsOfSpan(memory: string, key: SeriesKey, from: EpochMs, to: EpochMs): Promise<SpanGaps> {
  return withMemory(memory, ({ candles }) => {
    const series = candles.read(key, { asOf: Infinity, from, to });
    const { openTime } = series;
    const ledger = gapLedger(series);
    const holes = [...holesOf(ledger)];
    const longest = holes.toSorted((a, b) => b.bars - a.bars).slice(0, 5);
    return {
      rows: openTime.length,
      first: openTime.length === 0 ? null : iso(openTime[0]!),
      last: openTime.length === 0 ? null : iso(openTime.at(-1)!),
      expected: ledger.grid.open.length,
      missing: holes.reduce((sum, { bars }) => sum + bars, 0),
      holes: holes.length,
      longest: longest.map(({ firstOpen, lastClose, bars }) => ({
        from: iso(firstOpen),
        to: iso(lastClose),
        bars,
      })),
    };
  });
}
