import { rowsOf, type CandlesByTimeframe, type CandleSeries } from "../../../candles/candle-series.ts";
import { sliceRows } from "../../../candles/slice.ts";
import type { EpochMs } from "../../../time/units.ts";
import type { GarbageKind } from "../garbage.ts";
import type { ColumnTrial, Shown } from "./column-trial.ts";
import { compareTold } from "./compare.ts";
import type { Examination } from "./examination.ts";

/** Prices that a bar which is still open may be given; its row is there. */
const SPOILT: readonly GarbageKind[] = ["nan", "thousandfold", "another-symbol"];
/** At so many of the instants at which a column leaked it is asked again. */
const ASKED = 24;

/**
 * Whether a column that leaks hangs on nothing but the rows of higher bars that are still open: with these rows it says
 * what it says with all candles, whatever prices stand there. So it is with the close of the bar before, joined on the
 * time at which a bar opens: the value is right, and the row it hangs on is not there when it is needed.
 */
export async function hangsOnOpenRows(
  { name, whole, onPrices, example, shownAt }: ColumnTrial & { readonly example: Shown },
  examination: Examination,
): Promise<boolean> {
  const { base, tolerance } = examination;
  if (!whole || onPrices) return false;
  const asked = [example.instant, ...[...shownAt].filter((t) => t !== example.instant).slice(0, ASKED)];
  const tries = asked.flatMap((t, i) =>
    i === 0 ? SPOILT.map((kind) => [t, kind] as const) : [[t, SPOILT[i % SPOILT.length]!] as const],
  );
  let answered = 0;
  for (const [t, kind] of tries) {
    const given = withOpenRows(examination, t, kind);
    const said = await examination.ask(given);
    if (said.kind !== "said") continue; // it may fail on garbage
    const values = said.columns.get(name);
    if (!(values instanceof Float64Array)) return false;
    const { knownAt } = given[base.timeframe]!;
    const found = compareTold({ values: whole, knownAt: base.knownAt }, { values, knownAt }, t, tolerance);
    if (found.differing > 0) return false;
    answered++;
  }
  return answered > 0;
}

/** What was known by `t`, and the rows of higher bars that are open then, with garbage for prices. */
function withOpenRows(examination: Examination, t: EpochMs, kind: GarbageKind): CandlesByTimeframe {
  const { timeframe } = examination.base;
  const known = examination.knownBy(t);
  const begun = (series: CandleSeries): CandleSeries => {
    const later = series.openTime.findIndex((open) => open > t);
    return sliceRows(series, 0, later < 0 ? rowsOf(series) : later);
  };
  const spoilt = Object.entries(examination.spoilt(t, kind).candles);
  return Object.fromEntries(
    spoilt.map(([name, series]) => [name, name === timeframe ? known[name]! : begun(series)]),
  );
}
