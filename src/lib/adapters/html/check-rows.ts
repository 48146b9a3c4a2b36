import type { Finding } from "../../candles/finding.ts";
import type { RawCandles } from "../../candles/raw-candles.ts";
import { countWhile } from "../../math/count-up-to.ts";

/** Which raw rows a finding speaks of, and which rows any finding took out. */
export interface CheckRows {
  /** Raw rows [from, to) of the finding's lines; empty, at the place where they would stand, if none was readable. */
  readonly rowsOf: (finding: Finding) => { readonly from: number; readonly to: number };
  /** Rows [from, to) of the file that a row lies in. */
  readonly fileOf: (row: number) => { readonly from: number; readonly to: number };
  /** 1 where a row was dropped, repaired or merged away: it says nothing about the prices around it [R]. */
  readonly unsound: Uint8Array;
}

/**
 * Finds raw rows by file and line. Rows of a file lie together with lines ascending; a run of `count` rows begins at
 * the line of its finding.
 */
export function checkRows(raw: RawCandles, findings: readonly Finding[]): CheckRows {
  const R = raw.line.length;
  const from = raw.files.map((_, f) => countWhile(R, (row) => raw.file[row]! < f));
  const end = (f: number): number => from[f + 1] ?? R;
  const number = new Map(raw.files.map((name, f) => [name, f]));
  const rowsOf = ({ file, line, count, kind }: Finding): { from: number; to: number } => {
    const f = number.get(file);
    if (f === undefined || line === null) return { from: 0, to: 0 };
    const first = from[f]! + countWhile(end(f) - from[f]!, (i) => raw.line[from[f]! + i]! < line);
    if (first >= end(f) || raw.line[first] !== line) return { from: first, to: first };
    return { from: first, to: Math.min(end(f), first + (kind === "missing-bars" ? 1 : count)) };
  };
  const unsound = new Uint8Array(R);
  for (const finding of findings) {
    if (finding.done === "kept" || finding.done === "sorted") continue;
    const rows = rowsOf(finding);
    unsound.fill(1, rows.from, rows.to);
  }
  return {
    rowsOf,
    fileOf: (row) => ({ from: from[raw.file[row]!]!, to: end(raw.file[row]!) }),
    unsound,
  };
}
