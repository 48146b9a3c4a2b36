import { hashParts } from "../math/hash.ts";
import { everyBlock } from "./blocks.ts";
import type { Finding } from "./finding.ts";
import { findingAt } from "./find-defects.ts";
import type { RawCandles } from "./raw-candles.ts";

/**
 * One row per bar. Equal rows are merged; of conflicting ones a row as the source gave it stays before one that was
 * repaired, then the one with the greatest content hash, so that the result depends on the set of rows and not on
 * the order of files or lines.
 * @param openTime the bar that each row names [R]
 * @param rows row numbers, ascending in openTime
 * @param repaired 1 where a rule changed the row [R]
 */
export function mergeDuplicates(
  raw: RawCandles,
  openTime: Float64Array,
  rows: Int32Array,
  repaired: Uint8Array,
): { readonly kept: Int32Array; readonly findings: readonly Finding[] } {
  if (areUnique(openTime, rows)) return { kept: rows, findings: [] };
  const kept = new Int32Array(rows.length);
  const findings: Finding[] = [];
  let n = 0;
  for (let i = 0; i < rows.length;) {
    let end = i + 1;
    while (end < rows.length && openTime[rows[end]!] === openTime[rows[i]!]) end++;
    kept[n++] = end === i + 1 ? rows[i]! : choose(raw, rows.subarray(i, end), repaired, findings);
    i = end;
  }
  return { kept: kept.slice(0, n), findings: joinOverlaps(findings) };
}

function areUnique(openTime: Float64Array, rows: Int32Array): boolean {
  return everyBlock(rows.length, (from, to) => {
    for (let i = from === 0 ? 1 : from; i < to; i++)
      if (openTime[rows[i]!] === openTime[rows[i - 1]!]) return false;
    return true;
  });
}

function contents(raw: RawCandles, row: number): Float64Array {
  const { open, high, low, close, volume, trades, vwap, spread } = raw;
  const optional = [trades?.[row] ?? 0, vwap?.[row] ?? 0, spread?.[row] ?? 0];
  return Float64Array.of(open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!, ...optional);
}

function describe(raw: RawCandles, row: number): string {
  const [o, h, l, c, v] = contents(raw, row);
  return `open ${o}, high ${h}, low ${l}, close ${c}, volume ${v}`;
}

/** The row that stays; what happened to the others goes to `findings`. */
function choose(raw: RawCandles, rows: Int32Array, repaired: Uint8Array, findings: Finding[]): number {
  const winner = rows.reduce((best, row) => (isBetter(raw, row, best, repaired) ? row : best));
  const place = `${raw.files[raw.file[winner]!]!}:${raw.line[winner]!}`;
  for (const row of rows) {
    if (row === winner) continue;
    if (isSame(raw, row, winner))
      findings.push(findingAt(raw, row, "duplicate-equal", `as ${place}`, "merged"));
    else {
      const value = `${describe(raw, row)}; kept ${place}: ${describe(raw, winner)}`;
      findings.push(findingAt(raw, row, "duplicate-conflicting", value, "dropped"));
    }
  }
  return winner;
}

function isSame(raw: RawCandles, a: number, b: number): boolean {
  const { open, high, low, close, volume, trades, vwap, spread } = raw;
  for (const column of [open, high, low, close, volume, trades, vwap, spread]) {
    if (column && column[a] !== column[b] && !(Number.isNaN(column[a]) && Number.isNaN(column[b])))
      return false;
  }
  return true;
}

/** As given before repaired, known first, then the greater hash; of equal rows the one that was whole or known first. */
function isBetter(raw: RawCandles, a: number, b: number, repaired: Uint8Array): boolean {
  if (repaired[a] !== repaired[b]) return repaired[a] === 0;
  const { partial, knownAt } = raw;
  const same = isSame(raw, a, b);
  // What was known first was so before anything contradicted it.
  if (!same && knownAt && knownAt[a] !== knownAt[b]) return knownAt[a]! < knownAt[b]!;
  if (!same) return hashParts(contents(raw, a)) > hashParts(contents(raw, b));
  if (partial && partial[a] !== partial[b]) return partial[a]! < partial[b]!;
  return knownAt ? knownAt[a]! < knownAt[b]! : false;
}

/** Equal rows on neighbouring lines are one finding: overlapping files share thousands of them. */
function joinOverlaps(findings: readonly Finding[]): Finding[] {
  const joined: Finding[] = [];
  for (const finding of findings) {
    const last = joined[joined.length - 1];
    const continues =
      last?.kind === "duplicate-equal" &&
      finding.kind === "duplicate-equal" &&
      last.file === finding.file &&
      finding.line === last.line! + last.count;
    if (continues) joined[joined.length - 1] = { ...last, count: last.count + 1 };
    else joined.push(finding);
  }
  return joined;
}
