import { eachBlock } from "./blocks.ts";
import type { Finding } from "./finding.ts";
import type { CandleSeries } from "./candle-series.ts";
import type { GapLedger } from "./gap-ledger.ts";
import { areNeighbours, findingOf, medianOf, type SeriesOfRows } from "./find-series-row.ts";

/** A jump is a hundred usual gaps and at least 10 %; 25 % is one in any market. */
const GAPS = 100;
const LEAST = Math.log(1.1);
const ALWAYS = Math.log(1.25);

/** A jump stays when the middle of the next closes keeps half of it. */
const NEXT = 5;

/** Gaps before the jump that say what is usual. */
const BEFORE = 60;
const FEWEST = 10;

/** Ratios of share splits and consolidations: one price for so many. */
const SPLITS = [1.5, 4 / 3, 2.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 100] as const;

/** Three standard deviations of a usual gap, by its median: 3 / Φ⁻¹(¾). A quiet market is given 2 %. */
const DEVIATIONS = 3 * 1.4826;
const LEAST_TOLERANCE = 0.02;

/** Money turned over in a session, against its usual: a split leaves it as it was, news multiply it. */
const NEWS = 4;
const SESSIONS = 20;

/**
 * Jumps from a close to the next open that stay. A `split-like-jump` lies within three usual gaps of the ratio of a
 * split, and the money turned over that session (price × volume) is usual, since a split changes the number of
 * shares and not what is traded; where there is no volume the ratio alone decides. Everything else is a
 * `price-jump`: news, a changed contract, another instrument. A profit warning that halves a price is told from a
 * split by its turnover, ten times the usual; one that halves it to the cent in a usual session could not be.
 * Nothing is said across more than ten days without a bar.
 * @param spikes 1 for candles whose open or close is a spike [N]
 */
export function findJumps(judged: SeriesOfRows, spikes: Uint8Array): Finding[] {
  const { series } = judged;
  const { open, close } = series;
  const found: Finding[] = [];
  let around: Surroundings | null = null;
  const look = (i: number, ratio: number): void => {
    if (!areNeighbours(series, i) || spikes[i] === 1 || spikes[i - 1] === 1) return;
    around ??= surroundings(judged);
    const usual = around.usualGap(i);
    const jump = Math.abs(Math.log(ratio));
    const bound = usual >= 0 ? Math.min(Math.max(GAPS * usual, LEAST), ALWAYS) : ALWAYS;
    if (jump < bound || !stays(series, i)) return;
    found.push(describe(judged, i, usual, around));
  };
  eachBlock(open.length, (from, to) => {
    for (let i = from === 0 ? 1 : from; i < to; i++) {
      const ratio = close[i - 1]! / open[i]!;
      if (!(ratio < 1.1 && ratio > 1 / 1.1)) look(i, ratio);
    }
  });
  return found;
}

/** Whether the closes after a jump keep it. */
function stays({ open, close }: CandleSeries, i: number): boolean {
  const after: number[] = [];
  for (let k = i; k < Math.min(i + NEXT, close.length); k++) after.push(close[k]!);
  return Math.log(medianOf(after) / close[i - 1]!) / Math.log(open[i]! / close[i - 1]!) > 0.5;
}

function describe(judged: SeriesOfRows, i: number, usual: number, around: Surroundings): Finding {
  const { open, close } = judged.series;
  const [from, to] = [close[i - 1]!, open[i]!];
  const ratio = Math.max(from / to, to / from);
  const split = nearestSplit(ratio);
  const off = Math.abs(Math.log(ratio / split));
  const near = off <= Math.max(DEVIATIONS * (usual || 0), LEAST_TOLERANCE);
  const turnover = near ? around.turnover(i) : null;
  const name = from > to ? nameOf(split) : nameOf(split).split(":").reverse().join(":");
  const jump = `close ${from} to open ${to}`;
  if (near && (turnover === null || turnover <= NEWS)) {
    const money = turnover === null ? "no volume to compare" : `turnover ${turnover.toFixed(1)} × the usual`;
    return findingOf(judged, i, "split-like-jump", `${jump}, ${name} within ${percent(off)}; ${money}`);
  }
  const why = near
    ? `; near ${name}, but the turnover is ${turnover!.toFixed(1)} × the usual`
    : `, ${percent(Math.abs(to / from - 1))} ${to > from ? "up" : "down"}`;
  return findingOf(judged, i, "price-jump", jump + why);
}

function nearestSplit(ratio: number): number {
  let best: number = SPLITS[0];
  for (const split of SPLITS) {
    if (Math.abs(Math.log(ratio / split)) < Math.abs(Math.log(ratio / best))) best = split;
  }
  return best;
}

function nameOf(split: number): string {
  if (Number.isInteger(split)) return `${split}:1`;
  return Number.isInteger(2 * split) ? `${2 * split}:2` : `${Math.round(3 * split)}:3`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

interface Surroundings {
  /**
   * Median of |ln(open / close before)| of the gaps before candle i of its own kind: after closed market or a hole,
   * or straight on. NaN where too few came before to say.
   */
  readonly usualGap: (i: number) => number;
  /** Turnover of candle i's session over its usual or, where greater, that of the session before; null if none. */
  readonly turnover: (i: number) => number | null;
}

function surroundings({ series, ledger }: SeriesOfRows): Surroundings {
  const { open, close, openTime, closeTime } = series;
  const apart: number[] = [];
  for (let i = 1; i < open.length; i++) if (openTime[i]! > closeTime[i - 1]!) apart.push(i);
  const usualGap = (i: number): number => {
    const gaps: number[] = [];
    const isApart = openTime[i]! > closeTime[i - 1]!;
    const at = isApart ? lowerBound(apart, i) : i;
    for (let j = Math.max(isApart ? 0 : 1, at - BEFORE); j < at; j++) {
      const k = isApart ? apart[j]! : j;
      gaps.push(Math.abs(Math.log(open[k]! / close[k - 1]!)));
    }
    return gaps.length < FEWEST ? NaN : medianOf(gaps);
  };
  const { numberOf, money } = turnoverOf(series, ledger);
  const turnover = (i: number): number | null => {
    const k = numberOf[i]!;
    const before = money.slice(Math.max(0, k - SESSIONS), k).filter((m) => m > 0);
    if (before.length === 0 || money[k] === 0) return null;
    return money[k]! / Math.max(medianOf(before), before[before.length - 1]!);
  };
  return { usualGap, turnover };
}

/** Σ close × volume of each session, and the session of each candle. */
function turnoverOf(
  { close, volume }: CandleSeries,
  { grid, slot }: GapLedger,
): { numberOf: Int32Array; money: number[] } {
  const numberOf = new Int32Array(close.length);
  const money: number[] = [];
  for (let i = 0; i < close.length; i++) {
    if (i === 0 || grid.session[slot[i]!] !== grid.session[slot[i - 1]!]) money.push(0);
    numberOf[i] = money.length - 1;
    money[money.length - 1]! += close[i]! * volume[i]!;
  }
  return { numberOf, money };
}

/** Index of the first value ≥ x among ascending ones. */
function lowerBound(values: readonly number[], x: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
