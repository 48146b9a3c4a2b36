import { rowsOf, type CandleSeries, type SeriesKey } from "../candles/candle-series.ts";
import type { CandleStore } from "../candles/candle-store.ts";
import { sliceRows } from "../candles/slice.ts";
import type { Encoder } from "../encoder/encoder.ts";
import { RhymeError } from "../errors.ts";
import { designHash } from "../graph/design.ts";
import { countUpTo } from "../math/count-up-to.ts";
import type { Memory, Pattern } from "../memory/memory.ts";
import { seriesName } from "../memory/names.ts";
import { patternId } from "../memory/pattern-id.ts";
import type { MomentAsOf } from "../recall/question.ts";
import { horizonEnd } from "../time/horizon-end.ts";
import type { Horizon } from "../time/horizon.ts";
import { iso, type EpochMs } from "../time/units.ts";
import { correctionsOf, type Correction } from "./corrections-of.ts";
import { dataHashes } from "./data-hash.ts";
import { momentsOf, type MomentsOptions } from "./moments.ts";
import { seriesAsOf } from "./views.ts";

/** Which moment, and as of when. */
export interface MomentOf {
  readonly series: SeriesKey;
  readonly anchor: EpochMs;
  readonly asOf: EpochMs;
  readonly horizon: Horizon;
}

/**
 * The moment of an anchor as it was known later: its embedding, ATR and base forecast from the series as corrected by
 * `asOf`, without any bar after its own. Its revision is the number of corrections of that past; of revision 0 it is
 * the stored pattern itself. A revised one is made when it is asked for and stands in no memory, so that it answers
 * nobody; one pass over the history up to the anchor.
 * @throws RhymeError "time" where the memory or the candles do not hold that moment; the signal's reason when stopped
 */
export async function momentAsOf(
  store: CandleStore,
  memory: Memory,
  encoder: Encoder,
  of: MomentOf,
  options: Omit<MomentsOptions, "horizons"> = {},
): Promise<MomentAsOf> {
  const { series, anchor, asOf, horizon } = of;
  const stored = await memory.at(series, anchor, asOf);
  const bar = anchorBar(store, series, anchor);
  if (stored?.anchor !== anchor || bar === null) throw noMoment(series, anchor);
  const lag = anchor - bar.closeTime;
  const end = horizonEnd(bar.calendar, series.timeframe, bar.closeTime, horizon) + lag;
  const corrections = correctionsOfMoment(store, series, bar.openTime, { after: anchor, until: asOf });
  if (corrections.length === 0) return { pattern: stored, corrections: [], horizonEnd: end };
  const candles = seriesUpTo(store, series, asOf, bar.openTime);
  const pattern = await revised(candles, memory, encoder, of, corrections.length, options);
  return { pattern, corrections: corrections.map(({ knownAt }) => knownAt), horizonEnd: end };
}

/** Corrections of the bars that a moment is made from. */
export function correctionsOfMoment(
  store: CandleStore,
  series: SeriesKey,
  lastOpen: EpochMs,
  known: { readonly after: EpochMs; readonly until: EpochMs },
): Correction[] {
  return correctionsOf(store, series, { ...known, lastOpen });
}

/** The bar that an anchor is the close of, as it was known at it; null where no bar was known exactly then. */
export function anchorBar(
  store: CandleStore,
  series: SeriesKey,
  anchor: EpochMs,
): {
  readonly openTime: EpochMs;
  readonly closeTime: EpochMs;
  readonly calendar: CandleSeries["calendar"];
} | null {
  const { knownAt, openTime, closeTime, calendar } = store.read(series, { asOf: anchor });
  const row = knownAt.lastIndexOf(anchor);
  return row < 0 ? null : { openTime: openTime[row]!, closeTime: closeTime[row]!, calendar };
}

/** A series as it was known by `asOf`, up to the bar that opens at `lastOpen`. */
function seriesUpTo(store: CandleStore, key: SeriesKey, asOf: EpochMs, lastOpen: EpochMs): CandleSeries {
  const known = seriesAsOf(store, key, asOf);
  return sliceRows(known, 0, countUpTo(known.openTime, lastOpen));
}

/** The last row of a series as a pattern. */
async function revised(
  candles: CandleSeries,
  { tenant }: Memory,
  encoder: Encoder,
  { series, anchor, horizon }: MomentOf,
  revision: number,
  options: Omit<MomentsOptions, "horizons">,
): Promise<Pattern> {
  const { embeddings, contexts, base } = await momentsOf(candles, encoder, {
    ...options,
    horizons: [horizon],
  });
  const { source, symbol, timeframe } = series;
  const [row, at] = [rowsOf(candles) - 1, embeddings.rows.length - 1];
  if (embeddings.rows[at] !== row) throw noMoment(series, anchor);
  return {
    ...{ source, symbol, timeframe, anchor, revision },
    id: patternId({ tenant, series, anchor, encoderVersion: encoder.version, revision }),
    vector: embeddings.vectors.slice(at * embeddings.dim, (at + 1) * embeddings.dim),
    atrNow: contexts[horizon]!.atrNow[row]!,
    base: { [horizon]: base[horizon]![row]! },
    ...{ contexts: {}, matureAt: {} },
    lineage: {
      dataHash: dataHashes(candles)[row]!,
      designHash: designHash(encoder.design),
      encoderVersion: encoder.version,
    },
  };
}

function noMoment(series: SeriesKey, anchor: EpochMs): RhymeError {
  return new RhymeError("time", {
    place: `${seriesName(series)} at ${iso(anchor)}`,
    expected: "a remembered moment, and the candles that it was made from",
    received: "none",
    remedy: "Ask about another moment, or remember its candles again.",
  });
}
