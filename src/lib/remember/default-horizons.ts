import type { Calendar } from "../time/calendar.ts";
import { horizonBars, type Horizon } from "../time/horizon.ts";
import type { Timeframe } from "../time/timeframe.ts";
import { RhymeError } from "../errors.ts";

const CANDIDATES: readonly Horizon[] = ["1h", "4h", "1d", "5d", "21d", "4w", "6mo"];
const MIN_BARS = 4;
const COUNT = 3;

/** The first three usual horizons that last at least four bars of the base timeframe; 5m: 1h, 4h, 1d. */
export function defaultHorizons(timeframe: Timeframe, calendar: Calendar): readonly Horizon[] {
  const bars = (horizon: Horizon): number => {
    try {
      return horizonBars(horizon, timeframe, calendar);
    } catch (error) {
      if (error instanceof RhymeError) return 0; // shorter than a bar
      throw error;
    }
  };
  return CANDIDATES.filter((horizon) => bars(horizon) >= MIN_BARS).slice(0, COUNT);
}
