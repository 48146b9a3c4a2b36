import { gzipSync } from "node:zlib";
import { rowsOf, type CandleSeries } from "../../candles/candle-series.ts";

/** Columns of a series, small enough to travel in a notebook: differences of whole numbers, packed. */
export interface PackedCandles {
  readonly rows: number;
  /** Rows of the series that one of these stands for; 1 unless the series is very long. */
  readonly stride: number;
  /** Prices are whole numbers over this. */
  readonly scale: number;
  readonly timeUnit: number;
  readonly start: number;
  /** Base64 of gzip of Int32 differences: openTime, open, high, low, close [5 · rows], then Float32 volume [rows]. */
  readonly packed: string;
}

const MOST = 150_000;
const LARGEST = 2 ** 31 - 1;

export function packCandles(series: CandleSeries): PackedCandles {
  const N = rowsOf(series);
  const stride = Math.max(1, Math.ceil(N / MOST));
  const rows = Math.ceil(N / stride);
  const folded = fold(series, stride, rows);
  const scale = scaleOf(folded);
  const timeUnit = 1000;
  const start = N > 0 ? folded.time[0]! : 0;
  const ints = new Int32Array(5 * rows);
  differences(ints, 0, folded.time, (t) => Math.round((t - start) / timeUnit));
  [folded.open, folded.high, folded.low, folded.close].forEach((column, c) =>
    differences(ints, (c + 1) * rows, column, (price) => Math.round(price * scale)),
  );
  const bytes = Buffer.concat([Buffer.from(ints.buffer), Buffer.from(folded.volume.buffer)]);
  return { rows, stride, scale, timeUnit, start, packed: gzipSync(bytes, { level: 3 }).toString("base64") };
}

interface Folded {
  readonly time: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float32Array;
}

/** Every `stride` rows as one: no high or low is lost. */
function fold(series: CandleSeries, stride: number, rows: number): Folded {
  const N = rowsOf(series);
  const column = (): Float64Array => new Float64Array(rows);
  const out = { time: column(), open: column(), high: column(), low: column(), close: column() };
  const volume = new Float32Array(rows);
  for (let r = 0; r < rows; r++) {
    const [from, to] = [r * stride, Math.min(N, (r + 1) * stride)];
    let [high, low, sum] = [-Infinity, Infinity, 0];
    for (let i = from; i < to; i++) {
      high = Math.max(high, series.high[i]!);
      low = Math.min(low, series.low[i]!);
      sum += series.volume[i]!;
    }
    out.time[r] = series.openTime[from]!;
    out.open[r] = series.open[from]!;
    out.high[r] = high;
    out.low[r] = low;
    out.close[r] = series.close[to - 1]!;
    volume[r] = sum;
  }
  return { ...out, volume };
}

/** The finest decimal places that the prices use and that whole numbers of 32 bits can hold, at most eight. */
function scaleOf({ high, low, close, open }: Folded): number {
  const top = high.reduce((most, price) => Math.max(most, price), 1);
  let scale = 1;
  const isExact = (price: number): boolean =>
    Math.abs(price * scale - Math.round(price * scale)) < 1e-6 * scale;
  const all = [open, high, low, close];
  while (scale < 1e8 && top * scale * 10 < LARGEST && !all.every((column) => column.every(isExact)))
    scale *= 10;
  return scale;
}

function differences(
  out: Int32Array,
  at: number,
  values: Float64Array,
  whole: (value: number) => number,
): void {
  let last = 0;
  for (let i = 0; i < values.length; i++) {
    const value = whole(values[i]!);
    out[at + i] = value - last;
    last = value;
  }
}
