import type { SeriesKey } from "../../src/lib/candles/candle-series.ts";
import { seriesName } from "../../src/lib/memory/names.ts";
import { followedIn } from "./followed.ts";

/**
 * Tells the workflows that follow these series of a memory that there are candles, whoever put them there. It is best
 * effort: whoever is not told looks by the clock.
 * @param tell signals one workflow
 * @returns how many were told
 */
export async function tellLive(
  memory: string,
  keys: readonly SeriesKey[],
  tell: (workflow: string) => Promise<void>,
): Promise<number> {
  const names = new Set(keys.map(seriesName));
  const followed = followedIn(memory).filter(({ series }) => names.has(seriesName(series)));
  const told = await Promise.all(
    followed.map(({ id }) =>
      tell(id).then(
        () => 1,
        () => 0,
      ),
    ),
  );
  return told.reduce<number>((sum, one) => sum + one, 0);
}
