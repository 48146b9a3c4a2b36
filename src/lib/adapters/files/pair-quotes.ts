import {
  assembleCandles,
  type AssembledCandles,
  type AssembleOptions,
} from "../../candles/assemble-candles.ts";
import type { Finding } from "../../candles/finding.ts";
import { findingAt } from "../../candles/find-defects.ts";
import { takeRaw, type RawCandles } from "../../candles/raw-candles.ts";
import { fileError } from "./read-bytes.ts";

export interface PairedQuotes extends AssembledCandles {
  /** Bars that both sides have, so that a bar of two quotes counts as one row. */
  readonly pairs: number;
}

/**
 * Candles in the middle of bid and ask. Each side is judged by itself, then bars are joined by their time: mean of
 * open, high, low and close, volume of the bid, `spread` = ask − bid at the close, known when both were. A bar of
 * which one side is missing is a finding and no candle.
 * @throws RhymeError "input" where no bar has both sides, or most spreads are negative
 */
export function pairQuotes(bid: RawCandles, ask: RawCandles, options: AssembleOptions): PairedQuotes {
  const sides = [assembleCandles(bid, options), assembleCandles(ask, options)] as const;
  const [bids, asks] = sides.map(({ series, rows }) => ({ time: series.openTime, row: rows })) as [
    Side,
    Side,
  ];
  const unpaired: Finding[] = [];
  const [bidRows, askRows]: number[][] = [[], []];
  const [B, A] = [bids.time.length, asks.time.length];
  for (let b = 0, a = 0; b < B || a < A;) {
    const ahead = b === B ? 1 : a === A ? -1 : bids.time[b]! - asks.time[a]!;
    if (ahead < 0) unpaired.push(alone(bid, bids.row[b++]!, "no ask of this time"));
    else if (ahead > 0) unpaired.push(alone(ask, asks.row[a++]!, "no bid of this time"));
    else {
      bidRows!.push(b++);
      askRows!.push(a++);
    }
  }
  if (bidRows!.length === 0) throw noPair(bid, ask);
  const raw = middle(bid, sides, bids.row, Int32Array.from(bidRows!), Int32Array.from(askRows!));
  // The stamps are opening times of bars now; every row can stand, so only findings of the series are new.
  const paired = assembleCandles(raw, { ...options, stamp: "open", lagMs: 0, repair: [] });
  const ofRows = sides.flatMap((side) => side.findings.filter(({ done }) => done !== "kept"));
  const findings = [...ofRows, ...unpaired, ...paired.findings, ...findNegativeSpreads(raw)];
  return { ...paired, findings, pairs: bidRows!.length };
}

/** Opening times of a judged side, and the raw row of each. */
interface Side {
  readonly time: Float64Array;
  readonly row: Int32Array;
}

function alone(raw: RawCandles, row: number, value: string): Finding {
  return findingAt(raw, row, "unpaired-quote", value, "dropped");
}

function middle(
  bid: RawCandles,
  [{ series: b }, { series: a }]: readonly [AssembledCandles, AssembledCandles],
  rowOfBid: Int32Array,
  bidRows: Int32Array,
  askRows: Int32Array,
): RawCandles {
  const P = bidRows.length;
  const pair = (f: (i: number, j: number) => number): Float64Array =>
    Float64Array.from({ length: P }, (_, p) => f(bidRows[p]!, askRows[p]!));
  const from = takeRaw(
    bid,
    bidRows.map((i) => rowOfBid[i]!),
  );
  return {
    files: from.files,
    file: from.file,
    line: from.line,
    stamp: pair((i) => b.openTime[i]!),
    dated: new Uint8Array(P),
    open: pair((i, j) => (b.open[i]! + a.open[j]!) / 2),
    high: pair((i, j) => (b.high[i]! + a.high[j]!) / 2),
    low: pair((i, j) => (b.low[i]! + a.low[j]!) / 2),
    close: pair((i, j) => (b.close[i]! + a.close[j]!) / 2),
    volume: pair((i) => b.volume[i]!),
    trades: from.trades,
    vwap: null,
    spread: pair((i, j) => a.close[j]! - b.close[i]!),
    knownAt: pair((i, j) => Math.max(b.knownAt[i]!, a.knownAt[j]!)),
    partial: null,
    forming: null,
  };
}

/**
 * Rows whose ask lies below their bid; they are kept.
 * @throws RhymeError "input" where most do: then the sides are mixed up
 */
export function findNegativeSpreads(raw: RawCandles): Finding[] {
  const { spread } = raw;
  if (!spread) return [];
  const found: Finding[] = [];
  for (let i = 0; i < spread.length; i++) {
    if (spread[i]! < 0) found.push(findingAt(raw, i, "negative-spread", `ask − bid is ${spread[i]}`, "kept"));
  }
  if (found.length * 2 <= spread.length) return found;
  const { file, line } = found[0]!;
  const received = `${found.length} of ${spread.length} spreads below zero`;
  throw fileError(
    `${file}:${line}`,
    "asks that are not below their bids",
    received,
    "Give the ask side as --ask",
  );
}

function noPair(bid: RawCandles, ask: RawCandles): Error {
  const files = `${bid.files[0] ?? "none"} and ${ask.files[0] ?? "none"}`;
  return fileError(
    files,
    "bid and ask of the same bars",
    "no bar that both have",
    "Check that they belong together",
  );
}
