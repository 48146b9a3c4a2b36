import type { SeriesKey } from "../../candles/candle-series.ts";
import type { CandleStore } from "../../candles/candle-store.ts";
import { countUpTo } from "../../math/count-up-to.ts";
import { seriesName } from "../../memory/names.ts";
import type { Answer, AnswerNeighbour } from "../../recall/answer.ts";
import { correctionsOf, type Correction } from "../../remember/corrections-of.ts";
import { iso, type EpochMs } from "../../time/units.ts";
import type { CorrectedSeries, CorrectionSource } from "./change-report.ts";

/** Bars of a correction that a report shows; the others are counted. */
const SHOWN = 20;
/** ATR and RVI at an anchor forget a bar by 13/14 a step: after so many its share is below the last bit. */
const LOOK_BACK = 500;

/** Where the facts of a series that became known late at an instant came from. */
export type CameFrom = (key: SeriesKey, knownAt: EpochMs) => readonly CorrectionSource[];

/** What became known late at one instant, of every series that an answer may rest on. */
export interface Correcting {
  readonly knownAt: EpochMs;
  readonly series: readonly CorrectedSeries[];
}

/**
 * Corrections known in (the answer's own asOf, until] of bars that an answer may rest on: every bar that had closed by
 * then of every series whose moments could answer. In the order in which they became known, series by name.
 * @param lastOpen when the bar of the moment asked about opens
 */
export function correctionsFor(
  store: CandleStore,
  answer: Answer,
  members: readonly SeriesKey[],
  lastOpen: EpochMs,
  { until, cameFrom }: { readonly until: EpochMs; readonly cameFrom: CameFrom },
): Correcting[] {
  const after = Date.parse(answer.question.asOf);
  const byInstant = new Map<EpochMs, CorrectedSeries[]>();
  for (const key of members) {
    const found = correctionsOf(store, key, { after, until, lastOpen: after - 1 });
    if (found.length === 0) continue;
    const describe = describer(store, answer, key, lastOpen);
    for (const correction of found) {
      const closed = correction.bars.filter(({ closeTime }) => closeTime <= after);
      if (closed.length === 0) continue;
      const { knownAt } = correction;
      byInstant.set(knownAt, [
        ...(byInstant.get(knownAt) ?? []),
        {
          ...describe({ knownAt, bars: closed }),
          from: cameFrom(key, knownAt),
        },
      ]);
    }
  }
  return [...byInstant.keys()]
    .sort((a, b) => a - b)
    .map((knownAt) => ({ knownAt, series: byInstant.get(knownAt)! }));
}

/** Says of a correction of one series what of an answer rests on it. */
function describer(
  store: CandleStore,
  { question, neighbours }: Answer,
  { source, symbol, timeframe }: SeriesKey,
  lastOpen: EpochMs,
): (correction: Correction) => Omit<CorrectedSeries, "from"> {
  const key = { source, symbol, timeframe };
  const own = seriesName(question) === seriesName(key);
  const mine = neighbours.filter((n) => seriesName(n) === seriesName(key));
  const asOf = Date.parse(question.asOf);
  const spans = mine.map((n) => ({ id: n.id, ...spanOf(n, store.read(key, { asOf }).closeTime) }));
  return ({ bars }) => ({
    ...key,
    bars: bars.length,
    first: bars
      .slice(0, SHOWN)
      .map(({ openTime, before, after }) => ({ openTime: iso(openTime), before, after })),
    ofMoment: own && bars[0]!.openTime <= lastOpen,
    ofNeighbours: spans
      .filter(({ from, to }) => bars.some(({ closeTime }) => closeTime >= from && closeTime <= to))
      .map(({ id }) => id),
  });
}

/** From when to when bars close that the outcome of a neighbour is made from. */
function spanOf(
  { anchor, matureAt }: AnswerNeighbour,
  closeTime: Float64Array,
): { readonly from: EpochMs; readonly to: EpochMs } {
  const row = countUpTo(closeTime, Date.parse(anchor)) - 1;
  return { from: closeTime[Math.max(0, row - LOOK_BACK)] ?? -Infinity, to: Date.parse(matureAt) };
}
