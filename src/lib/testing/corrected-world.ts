import { takeFacts, factsOfSeries, type CandleFacts } from "../candles/candle-facts.ts";
import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { sliceRows } from "../candles/slice.ts";
import type { EpochMs } from "../time/units.ts";

/** A bar that turned out to be another: from `knownAt` on its prices are `scale` times what they were. */
export interface TestCorrection {
  readonly row: number;
  readonly knownAt: EpochMs;
  readonly scale: number;
  /** The same of its volume. */
  readonly volume?: number;
  /** The bar had been missing until then. */
  readonly late?: boolean;
}

/** A series whose every bar came on time, and the corrections of it, as facts. */
export function correctedFacts(series: CandleSeries, corrections: readonly TestCorrection[]): CandleFacts {
  const late = corrections.map((one) => ({ one, bar: scaled(series, one) }));
  const missing = new Set(corrections.filter((one) => one.late).map(({ row }) => row));
  const onTime = Int32Array.from(series.openTime.keys()).filter((row) => !missing.has(row));
  const all = joined([
    takeFacts(factsOfSeries(series), onTime),
    ...late.map(({ bar }) => ({ ...bar, late: Uint8Array.of(1) })),
  ]);
  const order = Int32Array.from(all.openTime.keys()).sort(
    (a, b) => all.openTime[a]! - all.openTime[b]! || all.knownAt[a]! - all.knownAt[b]!,
  );
  return takeFacts(all, order);
}

/** The series as if every correction of it had always been so, and every bar had come on time. */
export function asCorrected(series: CandleSeries, corrections: readonly TestCorrection[]): CandleSeries {
  const inOrder = [...corrections].sort((a, b) => a.knownAt - b.knownAt);
  const newest = new Map(inOrder.map((one) => [one.row, one]));
  const times = (column: Float64Array, factor: (one: TestCorrection) => number): Float64Array =>
    column.map((x, row) => x * (newest.has(row) ? factor(newest.get(row)!) : 1));
  const priced = (column: Float64Array): Float64Array => times(column, ({ scale }) => scale);
  const { open, high, low, close } = series;
  const prices = { open: priced(open), high: priced(high), low: priced(low), close: priced(close) };
  return { ...series, ...prices, volume: times(series.volume, ({ volume = 1 }) => volume) };
}

function scaled(series: CandleSeries, one: TestCorrection): CandleSeries {
  const bar = sliceRows(asCorrected(series, [one]), one.row, one.row + 1);
  return { ...bar, knownAt: Float64Array.of(one.knownAt) };
}

function joined(parts: readonly CandleFacts[]): CandleFacts {
  const [first] = parts;
  const rows = parts.reduce((sum, part) => sum + rowsOf(part), 0);
  const columns = Object.entries(first!).filter(([, column]) => ArrayBuffer.isView(column));
  const whole = columns.map(([name]) => {
    const values = parts.flatMap((part) => Array.from(part[name as "open"]));
    return [
      name,
      name === "late" || name === "partial" ? Uint8Array.from(values) : Float64Array.from(values),
    ];
  });
  if (whole.some(([, column]) => (column as Float64Array).length !== rows)) throw new Error("columns differ");
  return { ...first!, ...(Object.fromEntries(whole) as Partial<CandleFacts>) };
}
