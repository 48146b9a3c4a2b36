import { iso, type DurationMs, type EpochMs } from "../time/units.ts";
import { eachBlock } from "./blocks.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { ownDefect } from "./find-broken-rows.ts";
import { findingAt, RunOfFindings } from "./find-defects.ts";
import { OUTSIDE, PLACED, type PlacedStamps } from "./place-stamps.ts";
import type { RawCandles } from "./raw-candles.ts";

/**
 * Rows that name no bar known by now: outside a session, off the grid, opening after now, still forming, or said to
 * be known before their bar closed. A forming bar that contradicts itself is the graver finding, and no rule repairs
 * it into a closed one.
 * @param alive set to 0 for them; rows that are 0 already are not looked at [R]
 */
export function findStrays(
  raw: RawCandles,
  placed: PlacedStamps,
  alive: Uint8Array,
  { lagMs, now }: { readonly lagMs: DurationMs; readonly now: EpochMs },
): Finding[] {
  const outside = new RunOfFindings(raw, "outside-session");
  const future = new RunOfFindings(raw, "future-stamp");
  const found: Finding[] = [];
  const { closeTime, verdict } = placed;
  const { knownAt, forming } = raw;
  const look = (i: number): void => {
    if (alive[i] === 0) return; // taken out already
    const close = closeTime[i]!;
    const known = knownAt ? knownAtOf(raw, placed, i, lagMs) : close + lagMs;
    const sound = verdict[i] === PLACED && known <= now && known >= close;
    if (sound && !(forming && forming[i]! > 0)) return;
    alive[i] = 0;
    if (verdict[i] === OUTSIDE) outside.add(i);
    else if (verdict[i] === PLACED && placed.openTime[i]! > now) future.add(i);
    else {
      const { kind, value } = strayOf(raw, placed, i, known, now);
      found.push(findingAt(raw, i, kind, value, "dropped"));
    }
  };
  const plain = !knownAt && !forming; // then the close and the lag tell all
  eachBlock(alive.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const known = closeTime[i]! + lagMs;
      const sound = verdict[i] === PLACED && known <= now && known >= closeTime[i]!;
      if (!(plain && sound)) look(i);
    }
  });
  return [...found, ...outside.end(), ...future.end()];
}

/** What is wrong with a stray row inside a session that does not open after now. */
function strayOf(
  raw: RawCandles,
  { verdict, closeTime }: PlacedStamps,
  i: number,
  known: EpochMs,
  now: EpochMs,
): { readonly kind: FindingKind; readonly value: string } {
  if (verdict[i] !== PLACED) return { kind: "off-grid", value: iso(raw.stamp[i]!) };
  const close = closeTime[i]!;
  if (known < close)
    return { kind: "known-before-stamp", value: `known at ${iso(known)}, closes at ${iso(close)}` };
  const forming =
    known > now ? `known at ${iso(known)}, now is ${iso(now)}` : "the source says it is not complete";
  return ownDefect(raw, i) ?? { kind: "forming-bar", value: forming };
}

/** When a placed row became known: as the source says, else after its close and the lag. */
export function knownAtOf(raw: RawCandles, placed: PlacedStamps, row: number, lagMs: DurationMs): EpochMs {
  const said = raw.knownAt ? raw.knownAt[row]! : NaN;
  return Number.isNaN(said) ? placed.closeTime[row]! + lagMs : said;
}
