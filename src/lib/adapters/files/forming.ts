import type { ColumnValues } from "./table.ts";

const NO = /^(0|0\.0+|false|no|f|n)$/i;
const YES = /^(|1|1\.0+|true|yes|t|y|closed|complete|final|null|none|nan|na|n\/a)$/i;

/**
 * 1 where a cell of a completeness flag says that the bar is still forming; an empty cell says nothing.
 * @param refuse is called for a row whose cell says something else
 */
export function formingOf(column: ColumnValues, refuse: (row: number) => void): Uint8Array {
  const values: ArrayLike<string | number> = column.values;
  const forming = new Uint8Array(values.length);
  for (let i = 0; i < forming.length; i++) {
    const text = String(values[i]).trim();
    if (NO.test(text)) forming[i] = 1;
    else if (!YES.test(text)) refuse(i);
  }
  return forming;
}
