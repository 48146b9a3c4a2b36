import type { RawCandles } from "../../candles/raw-candles.ts";

/** A file whose last row was still forming when it was written. */
export interface FormingEnd {
  readonly part: number;
  readonly row: number;
  readonly note: string;
}

/**
 * Files are often written while their last bar is forming. Where another file holds the same time before its own last
 * row, opens at the same price and reaches at least as far, that row has the closed bar, and the last row of the first
 * file is a forming one, not a contradiction.
 */
export function formingEnds(parts: readonly RawCandles[]): FormingEnd[] {
  if (parts.length < 2) return [];
  const newest = parts.map((part) => newestRow(part.stamp));
  return parts.flatMap((part, p) => {
    const row = newest[p]!;
    if (row < 0) return [];
    for (const [q, other] of parts.entries()) {
      const whole = q === p ? -1 : other.stamp.indexOf(part.stamp[row]!);
      if (whole < 0 || whole === newest[q] || !isFuller(part, row, other, whole)) continue;
      const file = part.files[part.file[row]!]!;
      const note = `the last row of ${file} is taken as still forming: ${other.files[0]!} holds the whole bar`;
      return [{ part: p, row, note }];
    }
    return [];
  });
}

function newestRow(stamp: Float64Array): number {
  let newest = -1;
  for (let i = 0; i < stamp.length; i++) if (newest < 0 || stamp[i]! > stamp[newest]!) newest = i;
  return newest;
}

/** Whether row j went on from where row i was, and is not simply equal. */
function isFuller(a: RawCandles, i: number, b: RawCandles, j: number): boolean {
  const reaches =
    a.open[i] === b.open[j] &&
    b.high[j]! >= a.high[i]! &&
    b.low[j]! <= a.low[i]! &&
    b.volume[j]! >= a.volume[i]!;
  const equal =
    a.high[i] === b.high[j] &&
    a.low[i] === b.low[j] &&
    a.close[i] === b.close[j] &&
    a.volume[i] === b.volume[j];
  return reaches && !equal;
}

/** The part with its row marked as forming. */
export function markForming(part: RawCandles, row: number): RawCandles {
  const forming = part.forming?.slice() ?? new Uint8Array(part.stamp.length);
  forming[row] = 1;
  return { ...part, forming };
}
