import type { CandlesByTimeframe } from "../../candles/candle-series.ts";
import { statedOfRows } from "../../evaluation/look-ahead/stated-rows.ts";
import type { Stated } from "../../evaluation/look-ahead/stated.ts";
import type { Subject } from "../../evaluation/look-ahead/subject.ts";
import { computeFeature } from "../../features/compute-feature.ts";
import { rsi } from "../../features/rsi.ts";

// A sound subject and two that look ahead, for tests of what finds them.

const NO_BARS = { openTime: new Float64Array(), close: new Float64Array() };

/** The newest higher bar that has opened, closed or not: `merge_asof` on open times. */
function mergeAsOfOpen(candles: CandlesByTimeframe): Stated {
  const [base, { openTime, close } = NO_BARS] = Object.values(candles);
  let row = -1;
  const values = base!.knownAt.map((t) => {
    while (row + 1 < openTime.length && openTime[row + 1]! <= t) row++;
    return row < 0 ? NaN : close[row]!;
  });
  return [statedOfRows("higher close", base!, values)];
}

function rsiOfEach(candles: CandlesByTimeframe): Stated {
  return Object.entries(candles).flatMap(([timeframe, series]) =>
    Object.values(computeFeature(rsi(), candles, timeframe)).map((values) =>
      statedOfRows("rsi", series, values),
    ),
  );
}

export const SOUND: Subject = { name: "sound/rsi", covers: [], takes: "candles", run: rsiOfEach };

export const LEAKING: Subject = {
  name: "leaking/merge-as-of-open",
  covers: [],
  takes: "candles",
  run: mergeAsOfOpen,
};

/** Says what was not known before the very last fact. */
export const HINDSIGHT: Subject = {
  name: "leaking/newest-of-all",
  covers: [],
  takes: "store",
  run: (store, { series }) => {
    const read = store.read(series[0]!, { asOf: Infinity });
    return [
      statedOfRows(
        "last close",
        read,
        read.close.map(() => read.close.at(-1)!),
      ),
    ];
  },
};

export const REGISTRY: readonly Subject[] = [SOUND, LEAKING, HINDSIGHT];
