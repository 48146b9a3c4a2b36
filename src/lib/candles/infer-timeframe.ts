import { parseTimeframe, type Timeframe } from "../time/timeframe.ts";
import { DAY, HOUR, MINUTE, type DurationMs } from "../time/units.ts";
import { eachBlock } from "./blocks.ts";
import { isAscending } from "./is-ascending.ts";

/**
 * The timeframe whose width is the commonest step between neighbouring stamps (the finer one of a draw), null where
 * there is no step or its length is no timeframe. Days may be an hour longer or shorter, months 28 to 31 days.
 * @param stamp epoch ms [R], any order
 */
export function inferTimeframe(stamp: Float64Array): Timeframe | null {
  const steps = countSteps(isAscending(stamp) ? stamp : stamp.slice().sort());
  // Steps of one timeframe count together: a month has four lengths.
  const votes = new Map<Timeframe | DurationMs, { count: number; width: DurationMs }>();
  for (const [step, count] of steps) {
    const name = timeframeOfStep(step) ?? step;
    const vote = votes.get(name) ?? { count: 0, width: step };
    votes.set(name, { count: vote.count + count, width: Math.min(vote.width, step) });
  }
  const [best] = [...votes].sort(([, a], [, b]) => b.count - a.count || a.width - b.width);
  return typeof best?.[0] === "string" ? best[0] : null;
}

/**
 * How often each step between ascending stamps occurs; equal steps mostly follow each other, so runs of them are
 * counted at once.
 */
function countSteps(stamp: Float64Array): Map<DurationMs, number> {
  const steps = new Map<DurationMs, number>();
  const add = (step: DurationMs, count: number): void => {
    if (step > 0) steps.set(step, (steps.get(step) ?? 0) + count);
  };
  let [last, first] = [0, 1]; // a step, and the row where its run begins
  eachBlock(stamp.length, (from, to) => {
    for (let i = from === 0 ? 1 : from; i < to; i++) {
      const step = stamp[i]! - stamp[i - 1]!;
      if (step === last) continue;
      add(last, i - first);
      [last, first] = [step, i];
    }
  });
  add(last, stamp.length - first);
  return steps;
}

/** The timeframe whose bars are so long: a day may be an hour longer or shorter, a month has 28 to 31 days. */
export function timeframeOfStep(step: DurationMs): Timeframe | null {
  if (Math.abs(step - DAY) <= HOUR) return "1d";
  if (Math.abs(step - 7 * DAY) <= HOUR) return "1w";
  if (step >= 28 * DAY - HOUR && step <= 31 * DAY + HOUR) return "1mo";
  const minutes = step / MINUTE;
  return minutes < 1440 && Number.isInteger(minutes) && 1440 % minutes === 0
    ? parseTimeframe(`${minutes}m`).name
    : null;
}
