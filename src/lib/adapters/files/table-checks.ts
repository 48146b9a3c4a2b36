import type { RawCandles } from "../../candles/raw-candles.ts";
import { fileError } from "./read-bytes.ts";
import type { Table } from "./table.ts";

/** A name on fewer rows than this share is a damaged one. */
const SOME = 0.05;

/** Rows of several symbols are several series. @throws RhymeError "input" naming them */
export function assertOneSymbol({ place, columns }: Table): void {
  const column = columns.get("symbol");
  if (column?.kind !== "text") return;
  const counts = new Map<string, number>();
  for (const name of column.values) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].filter(([, count]) => count > SOME * column.values.length).map(([name]) => name);
  if (names.length < 2) return;
  const shown = names.slice(0, 8).join(", ").slice(0, 100);
  throw fileError(place, "rows of one symbol", shown, "Split the file by symbol");
}

const SAMPLE_ROWS = 1000;

/** Whether prices may be in points: they are whole numbers, as far as binary noise allows. */
export function wholeNumberNote({ open, close }: RawCandles): string[] {
  const isWhole = (x: number): boolean => Math.abs(x - Math.round(x)) < 1e-6;
  const rows = Math.min(SAMPLE_ROWS, open.length);
  for (let i = 0; i < rows; i++) if (!isWhole(open[i]!) || !isWhole(close[i]!)) return [];
  return rows < 2 ? [] : ["every price is a whole number: where they are points, --scale divides them"];
}
