import type { Finding } from "./finding.ts";
import { eachBlock } from "./blocks.ts";
import { areNeighbours, findingOf, medianOf, type SeriesOfRows } from "./find-series-row.ts";
import type { CandleSeries } from "./candle-series.ts";

/** An open or close must stand 1 % and eight usual ranges away from the prices on both sides of it. */
const AWAY = 0.01;
const SMALL = 1 + AWAY;
const RANGES = 8;

/** Highs and lows stray in honest trading too: 25 % and twenty ranges, or 2 % and a hundred. */
const WICK_AWAY = Math.log(1.25);
const WICK_RANGES = 20;
const THIN_WICK_AWAY = 0.02;
const THIN_WICK_RANGES = 100;

/** The usual range: median of ln(high / low) of the candles around. */
const AROUND = 50;

export interface Spikes {
  readonly findings: readonly Finding[];
  /** 1 where an open or close of the candle is a spike: no jump is measured from or to it [N]. */
  readonly rows: Uint8Array;
}

interface Print {
  readonly name: "open" | "close" | "candle" | "high" | "low";
  readonly price: number;
  /** Log distance to the nearer of its two neighbours. */
  readonly depth: number;
  readonly between: readonly [number, number];
}

/**
 * Prices far away that come straight back: an open, a close or a whole candle whose neighbours in time agree with
 * each other and not with it, a high or low far beyond everything around. One finding per candle, with its deepest
 * price. What is far is measured by the usual range of the candles around.
 */
export function findSpikes(judged: SeriesOfRows): Spikes {
  const { series } = judged;
  const rows = new Uint8Array(series.open.length);
  const findings: Finding[] = [];
  const wick = Math.min(WICK_AWAY, THIN_WICK_AWAY);
  const look = (i: number): void => {
    const best = deepest(series, i, wick);
    if (best === null) return;
    if (best.name !== "high" && best.name !== "low") rows[i] = 1;
    const [one, other] = best.between;
    const value = `${best.name === "candle" ? "open" : best.name} ${best.price}, between ${one} and ${other}`;
    findings.push(findingOf(judged, i, "price-spike", value));
  };
  eachBlock(rows.length, (from, to) => {
    for (let i = from; i < to; i++) if (!isCalm(series, i)) look(i);
  });
  return { findings, rows };
}

/** Whether a candle has a small range near the close before it, where no price can stray: nearly every one. */
function isCalm({ open, high, low, close }: CandleSeries, i: number): boolean {
  if (i === 0) return false;
  const o = open[i]!;
  const p = close[i - 1]!;
  return high[i]! <= SMALL * low[i]! && o <= SMALL * p && p <= SMALL * o;
}

/** The price of candle `i` that strays furthest, null where all are at home. Passed quickly by nearly every candle. */
function deepest(series: CandleSeries, i: number, wick: number): Print | null {
  const { open, high, low, close } = series;
  const [o, h, l, c] = [open[i]!, high[i]!, low[i]!, close[i]!];
  const before = areNeighbours(series, i) ? i - 1 : -1;
  const after = areNeighbours(series, i + 1) ? i + 1 : -1;
  // Where there is no neighbour nothing is told from it: no comparison with NaN holds.
  const p = before < 0 ? NaN : close[before]!;
  const n = after < 0 ? NaN : open[after]!;
  const top = Math.max(o, c);
  const bottom = Math.min(o, c);
  const inside = before >= 0 && after >= 0;
  const above = inside ? Math.max(high[before]!, high[after]!) : NaN;
  const below = inside ? Math.min(low[before]!, low[after]!) : NaN;
  const openStrays = strays(o, p, c);
  const candleStrays = strays(o, p, n) && strays(c, p, n);
  const closeStrays = strays(c, o, n);
  const highStrays = h > (1 + wick) * top && h > (1 + wick) * above;
  const lowStrays = bottom > (1 + wick) * l && below > (1 + wick) * l;
  if (!(openStrays || candleStrays || closeStrays || highStrays || lowStrays)) return null;
  const found = [
    ...(openStrays ? [print("open", o, p, c)] : []),
    ...(candleStrays ? [print("candle", o, p, n)] : []),
    ...(closeStrays ? [print("close", c, o, n)] : []),
    ...(highStrays ? [print("high", h, above, top)] : []),
    ...(lowStrays ? [print("low", l, below, bottom)] : []),
  ];
  return farEnough(found, usualRange(series, i));
}

/** Whether x lies on one side of both p and q, further than AWAY from each. */
function strays(x: number, p: number, q: number): boolean {
  return (x > SMALL * p && x > SMALL * q) || (p > SMALL * x && q > SMALL * x);
}

function print(name: Print["name"], price: number, one: number, other: number): Print {
  const depth = Math.min(Math.abs(Math.log(price / one)), Math.abs(Math.log(price / other)));
  return { name, price, depth, between: [one, other] };
}

function farEnough(prints: readonly Print[], range: number): Print | null {
  let best: Print | null = null;
  for (const one of prints) {
    const thin = one.depth >= THIN_WICK_AWAY && one.depth >= THIN_WICK_RANGES * range;
    const wick = thin || (one.depth >= WICK_AWAY && one.depth >= WICK_RANGES * range);
    const far = one.name === "high" || one.name === "low" ? wick : one.depth >= RANGES * range;
    if (far && (best === null || one.depth > best.depth)) best = one;
  }
  return best;
}

function usualRange({ high, low }: CandleSeries, i: number): number {
  const ranges: number[] = [];
  const last = Math.min(high.length - 1, i + AROUND);
  for (let k = Math.max(0, i - AROUND); k <= last; k++) ranges.push(Math.log(high[k]! / low[k]!));
  return medianOf(ranges);
}
