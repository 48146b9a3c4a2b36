import { iso } from "../time/units.ts";
import { eachBlock } from "./blocks.ts";
import type { Finding } from "./finding.ts";
import { findingOf, type SeriesOfRows } from "./find-series-row.ts";

/** Sessions on each side that a change is measured by, and how few will do. */
const WINDOW = 20;
const FEWEST = 5;

/** A lasting change of scale beyond this is another unit, not a busier market. */
const SCALE = Math.log(20);

/** A session counts in fractions when so many of its volumes are no whole numbers. */
const FRACTIONAL = 0.05;

/** The scale must change within days; a market that grows by as much over weeks has not changed its unit. */
const SUDDEN = Math.log(5);
const DAYS = 3;

interface Change {
  /** Number of the session where it begins. */
  readonly at: number;
  readonly words: string;
  /** Whether a volume speaks for after (1) or before (0); NaN where it says nothing. */
  readonly vote: (volume: number) => number;
}

/**
 * Where the volume changes its meaning: from nothing to something or back, from whole numbers to fractions or back,
 * or suddenly by a lasting factor of more than 20. Whole sessions are compared, five to twenty before with as many
 * after, so that the rhythm of a day is no change; a file of a few days says nothing. One warning per change, at the
 * candle around that session which best parts the volumes before from those after.
 */
export function findVolumeChanges(judged: SeriesOfRows): Finding[] {
  const { first, mean, fractional } = sessionVolumes(judged);
  const traded = mean.map(isTraded);
  const changes = [
    ...stepsOf(traded, ["zeros throughout", "traded volumes"], isTraded),
    ...stepsOf(fractional, ["whole numbers", "fractions"], isFraction),
    ...scaleSteps(mean),
  ].sort((a, b) => a.at - b.at);
  const found: Finding[] = [];
  let last = -Infinity;
  for (const change of changes) {
    const { at, words } = change;
    if (at - last < FEWEST) continue;
    last = at;
    const i = beginningOf(change, first, judged.series.volume);
    found.push(findingOf(judged, i, "volume-meaning", `${iso(judged.series.openTime[i]!)} ${words}`));
  }
  return found;
}

function isTraded(volume: number): number {
  return volume > 0 ? 1 : 0;
}

function isFraction(volume: number): number {
  return volume === 0 ? NaN : volume === Math.floor(volume) ? 0 : 1;
}

/** The candle of the sessions around a change with the fewest votes for after before it and for before after it. */
function beginningOf({ at, vote }: Change, first: readonly number[], volume: Float64Array): number {
  const [from, to] = [first[Math.max(0, at - 2)]!, first[at + 2] ?? volume.length];
  let [best, fewest, against] = [first[at]!, Infinity, 0];
  for (let i = from; i < to; i++) {
    if (against < fewest) [best, fewest] = [i, against];
    const says = vote(volume[i]!);
    against += says === 1 ? 1 : says === 0 ? -1 : 0;
  }
  return best;
}

/** Per session: its first candle, the mean volume of its candles, and whether it counts in fractions (1) or not. */
function sessionVolumes({ series: { volume }, ledger: { grid, slot } }: SeriesOfRows): {
  readonly first: readonly number[];
  readonly mean: Float64Array;
  readonly fractional: Float64Array;
} {
  const first: number[] = [];
  eachBlock(slot.length, (from, to) => {
    let last = from === 0 ? -1 : grid.session[slot[from - 1]!]!;
    for (let i = from; i < to; i++) {
      const session = grid.session[slot[i]!]!;
      if (session !== last) first.push(i);
      last = session;
    }
  });
  const mean = new Float64Array(first.length);
  const fractional = new Float64Array(first.length);
  for (let k = 0; k < first.length; k++) {
    const session = volume.subarray(first[k], first[k + 1]);
    mean[k] = meanOf(session);
    fractional[k] = isFractional(session);
  }
  return { first, mean, fractional };
}

function meanOf(volume: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < volume.length; i++) sum += volume[i]!;
  return sum / volume.length;
}

/** 1 where a session counts in fractions, 0 where in whole numbers, NaN where nothing was traded. */
function isFractional(volume: Float64Array): number {
  let [fractions, traded] = [0, 0];
  for (let i = 0; i < volume.length; i++) {
    const v = volume[i]!;
    if (v > 0) traded++;
    if (v !== Math.floor(v)) fractions++;
  }
  if (traded === 0) return NaN;
  return fractions >= FRACTIONAL * traded ? 1 : 0;
}

/** Places where a state of 0 or 1 changes to stay; NaN is no statement. */
function stepsOf(
  state: Float64Array,
  words: readonly [string, string],
  votesForOne: (volume: number) => number,
): Change[] {
  const changes: Change[] = [];
  let before = -1;
  for (let k = 0; k < state.length; k++) {
    if (Number.isNaN(state[k])) continue;
    const changed = before >= 0 && state[k] !== state[before];
    if (changed && isHeld(state, k - 1, -1, state[before]!) && isHeld(state, k, 1, state[k]!)) {
      const one = state[k] === 1;
      const [from, to] = one ? words : [words[1], words[0]];
      const vote = one ? votesForOne : (volume: number): number => 1 - votesForOne(volume);
      changes.push({ at: k, words: `from ${from} to ${to}`, vote });
    }
    before = k;
  }
  return changes;
}

/** Whether nine of ten of the stated sessions from k on, walking by `step`, are in that state. */
function isHeld(state: Float64Array, k: number, step: 1 | -1, value: number): boolean {
  let [stated, held] = [0, 0];
  for (let n = 0; n < WINDOW && k >= 0 && k < state.length; n++, k += step) {
    if (Number.isNaN(state[k])) continue;
    stated++;
    if (state[k] === value) held++;
  }
  return stated >= FEWEST && held >= 0.9 * stated;
}

function scaleSteps(mean: Float64Array): Change[] {
  const scale = mean.map((volume) => (volume > 0 ? Math.log(volume) : NaN));
  const changes: Change[] = [];
  let best: Change & { readonly sudden: number; readonly score: number; readonly sign: number } = NOTHING;
  const end = (): void => {
    if (best.sudden >= SUDDEN) changes.push(best);
    best = NOTHING;
  };
  for (let k = FEWEST; k + FEWEST <= scale.length; k++) {
    const step = middle(scale, k, k + WINDOW) - middle(scale, k - WINDOW, k);
    const sign = Math.abs(step) > SCALE ? Math.sign(step) : 0;
    if (sign !== best.sign) end();
    if (sign === 0) continue;
    const sudden = sign * (middle(scale, k, k + DAYS) - middle(scale, k - DAYS, k));
    const score = sudden + Math.max(0, sign * (scale[k]! - scale[k - 1]!) || 0);
    if (score <= best.score) continue;
    const [from, to] = [middle(scale, k - WINDOW, k), middle(scale, k, k + WINDOW)];
    const words = `from about ${rounded(from)} to ${rounded(to)} a candle`;
    const level = Math.exp((from + to) / 2);
    const vote = (volume: number): number =>
      volume > 0 ? Number(sign > 0 ? volume > level : volume < level) : NaN;
    best = { at: k, words, vote, sudden, score, sign };
  }
  end();
  return changes;
}

const NOTHING = { at: 0, words: "", vote: () => NaN, sudden: -Infinity, score: -Infinity, sign: 0 } as const;

/** Median of the numbers of values[from, to). */
function middle(values: Float64Array, from: number, to: number): number {
  const some = values
    .slice(Math.max(0, from), to)
    .filter((value) => !Number.isNaN(value))
    .sort();
  return some[some.length >> 1] ?? NaN;
}

function rounded(log: number): string {
  return Number(Math.exp(log).toPrecision(2)).toLocaleString("en-US");
}
