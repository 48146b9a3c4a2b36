import pl from "nodejs-polars";
import type { CandlesByTimeframe } from "../../candles/candle-series.ts";
import type { Misfit } from "../../evaluation/look-ahead/user/caller.ts";
import type { Frame } from "../files/frame-table.ts";
import { candlesToFrame } from "../files/write-candles.ts";
import { assertSize, readColumn } from "./read-columns.ts";

// Everything about polars, which is loaded for functions that use it alone: each check starts several processes.

export type FramesByTimeframe = Readonly<Record<string, Frame>>;

export function framesOf(candles: CandlesByTimeframe): FramesByTimeframe {
  return mapValues(candles, candlesToFrame);
}

/** Copies that share their data, which polars never changes in place. */
export function clonesOf(frames: FramesByTimeframe): FramesByTimeframe {
  return mapValues(frames, (frame) => frame.clone());
}

function mapValues<A, B>(of: Readonly<Record<string, A>>, f: (value: A) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, f(value)]));
}

export function changedFrames(frames: FramesByTimeframe, given: FramesByTimeframe): readonly string[] {
  const changed = Object.keys(frames).filter((name) => !given[name]?.frameEqual(frames[name]!, true));
  return changed.map((name) => `the frame of ${name}`);
}

/**
 * The columns of a frame that came back.
 * @param base the frame of the base timeframe that was given: what of it comes back unchanged is no column of its own
 */
export function readFrame(
  frame: Frame,
  rows: number,
  base: Frame | null,
): ReadonlyMap<string, Float64Array | Misfit> {
  assertSize(frame.width, rows);
  const own = new Set(base?.columns);
  const stamps =
    own.has("timestamp") && frame.columns.includes("timestamp") ? frame.getColumn("timestamp") : null;
  const moved = stamps?.length === rows && !stamps.seriesEqual(base!.getColumn("timestamp"));
  const misfit: Misfit = {
    misfit: "wrong length",
    message: "its rows are not the base bars in their order; return one row per base bar",
  };
  const columns = new Map<string, Float64Array | Misfit>();
  for (const name of frame.columns) {
    const series = frame.getColumn(name);
    const untouched = own.has(name) && series.seriesEqual(base!.getColumn(name), true);
    if (untouched || (moved && name === "timestamp")) continue;
    columns.set(name, moved ? misfit : readColumn(seriesValues(series), rows));
  }
  return columns;
}

/** Numbers, times as epoch ms; what is neither stays, and is refused. */
export function seriesValues(series: pl.Series): unknown {
  const kind = String(series.dtype.variant);
  if (/^(Datetime|Date)$/.test(kind))
    return series.cast(pl.Datetime("ms")).cast(pl.Int64).cast(pl.Float64).toArray();
  return series.isNumeric() ? series.cast(pl.Float64).toArray() : series.toArray();
}
