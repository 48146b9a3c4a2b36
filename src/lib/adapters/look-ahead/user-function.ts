import type pl from "nodejs-polars";
import type { CandlesByTimeframe } from "../../candles/candle-series.ts";
import type { Timeframe } from "../../time/timeframe.ts";

/** A function of candles: one value per base bar in each column; null, undefined and NaN are "nothing to say". */
export type CandlesFunction = (candles: CandlesByTimeframe) => Columns | Promise<Columns>;
export type Columns = Readonly<Record<string, ArrayLike<number | null | undefined | boolean>>>;

/** The same with polars: frames as `candlesToFrame` makes them, and one row per base bar in what comes back. */
export type FramesFunction = (
  frames: Readonly<Record<Timeframe, pl.DataFrame>>,
) => pl.DataFrame | Promise<pl.DataFrame>;

export type Takes = "candles" | "frames";

/** A function that a file exports, by the path it is found at: `f`, `default`, `frames`, `frames.momentum`. */
export interface ExportedFunction {
  readonly name: string;
  readonly takes: Takes;
}

type AnyFunction = CandlesFunction & FramesFunction;

/** What a module exports and can be checked; whatever stands under `frames` takes polars. Classes are no functions. */
export function exportedFunctions(module: Readonly<Record<string, unknown>>): readonly ExportedFunction[] {
  return Object.keys(module).flatMap((name): ExportedFunction[] => {
    const value = module[name];
    if (isCallable(value)) return [{ name, takes: name === "frames" ? "frames" : "candles" }];
    if (name !== "frames" || typeof value !== "object" || value === null) return [];
    const inner = Object.entries(value).filter(([, one]) => isCallable(one));
    return inner.map(([key]) => ({ name: `frames.${key}`, takes: "frames" }));
  });
}

/** The function of that name. @throws TypeError where there is none any more */
export function functionNamed(module: Readonly<Record<string, unknown>>, name: string): AnyFunction {
  const own = module[name];
  if (isCallable(own)) return own;
  const frames = module["frames"] as Readonly<Record<string, unknown>> | undefined;
  const inner = frames?.[name.slice("frames.".length)];
  if (isCallable(inner)) return inner;
  throw new TypeError(`no function ${name} is exported`);
}

function isCallable(value: unknown): value is AnyFunction {
  return typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value));
}
