import { takeFacts, type CandleFacts } from "../candles/candle-facts.ts";
import { rowsOf, type CandleSeries } from "../candles/candle-series.ts";
import { createRng } from "../math/rng.ts";

/** A correction or a late bar: which row, and after how many further bars it came. */
export interface Change {
  readonly row: number;
  readonly after: number;
  readonly late: boolean;
}

/** A history in which bars were corrected and others came late, as the set of its facts in their order. */
export function correctedHistory(series: CandleSeries, seed: number, list: readonly Change[]): CandleFacts {
  const last = rowsOf(series) - 1;
  const rng = createRng(seed);
  const arrival = ({ row, after }: Change): number => series.knownAt[Math.min(row + after, last)]! + 1;
  const missing = new Map(list.filter(({ late }) => late).map((change) => [change.row, arrival(change)]));
  const rows: number[] = [];
  const known: number[] = [];
  const factor: number[] = [];
  const fact = (row: number, at: number, by: number): unknown => [
    rows.push(row),
    known.push(at),
    factor.push(by),
  ];
  for (let row = 0; row <= last; row++) fact(row, missing.get(row) ?? series.knownAt[row]!, 1);
  for (const change of list)
    if (!change.late) fact(change.row, arrival(change) + rng.int(2), 1 + 0.01 * rng.next());
  return inOrder(series, { rows, known, factor });
}

function inOrder(
  series: CandleSeries,
  { rows, known, factor }: { rows: readonly number[]; known: readonly number[]; factor: readonly number[] },
): CandleFacts {
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const { openTime, closeTime, open, low, close, volume } = series;
  const facts: CandleFacts = {
    ...{ ...series, openTime: pick(openTime), closeTime: pick(closeTime), volume: pick(volume) },
    ...{ open: pick(open), low: pick(low), close: pick(close) },
    high: pick(series.high).map((high, i) => high * factor[i]!),
    partial: new Uint8Array(rows.length),
    knownAt: Float64Array.from(known),
    late: Uint8Array.from(rows, (row, i) => (known[i] === series.knownAt[row] ? 0 : 1)),
  };
  const order = Int32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]! || known[a]! - known[b]!);
  return takeFacts(facts, order);
}
