import { rowsOf, type CandlesByTimeframe, type CandleSeries } from "../../candles/candle-series.ts";
import { sliceRows } from "../../candles/slice.ts";
import type { Outcome } from "../../evaluation/look-ahead/user/caller.ts";
import { fineToCoarse } from "../../evaluation/look-ahead/user/instants.ts";
import type { EpochMs } from "../../time/units.ts";
import { watchTimeframes } from "./missing-timeframe.ts";
import type { Outside } from "./outside.ts";
import { readColumns, TooMuch } from "./read-columns.ts";
import { messageOf } from "./thrown.ts";
import type { CandlesFunction, FramesFunction, Takes } from "./user-function.ts";

type Given = Record<string, CandleSeries>;

export interface CallSetting {
  /** Calls what it is given; it may end an endless one by throwing. */
  readonly run?: (call: () => unknown) => unknown;
  /** Address of the user's module, so that what is thrown is told with its line there. */
  readonly file?: string;
}

/**
 * Calls a user's function on copies of candles, and reads what it said before anything else runs.
 */
export async function callFunction(
  fn: CandlesFunction & FramesFunction,
  takes: Takes,
  candles: CandlesByTimeframe,
  outside: Outside,
  clock: EpochMs,
  { run = (call) => call(), file }: CallSetting = {},
): Promise<Outcome> {
  const polars = takes === "frames" ? await import("./polars-frames.ts") : null;
  const frames = polars?.framesOf(candles) ?? {};
  const [given, givenFrames] = [copyOf(candles), { ...polars?.clonesOf(frames) }];
  const missing = watchTimeframes(polars ? givenFrames : given);
  outside.begin(clock);
  let returned: unknown;
  try {
    returned = await run(() => (polars ? fn(givenFrames as never) : fn(given)));
  } catch (error) {
    const { refused } = outside;
    outside.end();
    if (refused) return { kind: "ended", how: "not checkable", message: `it starts a process: ${refused}` };
    if (error instanceof Endless) return { kind: "ended", how: "never ends", message: error.message };
    return { kind: "threw", message: messageOf(error, file) + missing(error) };
  }
  const habits = outside.end();
  try {
    const base = fineToCoarse(candles)[0]!;
    const { columns, instead } = await readColumns(returned, rowsOf(base), frames[base.timeframe] ?? null);
    const changed = polars?.changedFrames(frames, givenFrames) ?? changedColumns(candles, given);
    return { kind: "said", columns, instead, changed, habits };
  } catch (error) {
    if (error instanceof TooMuch) return { kind: "ended", how: "not checkable", message: error.message };
    return { kind: "threw", message: `when its result was read: ${messageOf(error, file)}` };
  }
}

/** What `run` throws to end a call. */
export class Endless extends Error {}

function copyOf(candles: CandlesByTimeframe): Given {
  const copies = Object.entries(candles).map(
    ([name, series]) => [name, sliceRows(series, 0, rowsOf(series))] as const,
  );
  return Object.fromEntries(copies);
}

function changedColumns(candles: CandlesByTimeframe, given: Given): string[] {
  return Object.entries(candles).flatMap(([timeframe, series]) => {
    const now = (given[timeframe] ?? {}) as unknown as Record<string, unknown>;
    return Object.entries(series).flatMap(([name, column]: [string, unknown]) => {
      if (!(column instanceof Float64Array || column instanceof Uint8Array)) return [];
      const other = now[name];
      const same = other instanceof column.constructor && sameBits(column, other as Float64Array);
      return same ? [] : [`${name} of ${timeframe}`];
    });
  });
}

function sameBits(a: Float64Array | Uint8Array, b: Float64Array | Uint8Array): boolean {
  return bytesOf(a).equals(bytesOf(b));
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
