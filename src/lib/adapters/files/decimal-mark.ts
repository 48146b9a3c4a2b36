import type { DecimalMark } from "./decimal.ts";
import { fileError } from "./read-bytes.ts";

const WITH_POINT = /^[+-]?\d*\.\d+$/;
const WITH_COMMA = /^[+-]?(\d*),(\d+)$/;
/** `1,234.56`, `1.234,56`, `1'234`, `1,234,567`. */
const GROUPED =
  /^[+-]?\d{1,3}(?:(?:,\d{3})+\.\d*|(?:\.\d{3})+,\d*|(?:['’]\d{3})+(?:[.,]\d*)?|(?:,\d{3}){2,}|(?:\.\d{3}){2,})$/;

/**
 * Whether the numbers of a file have a decimal point or a comma.
 * @param rows its first lines as cells
 * @throws RhymeError "input" where a comma could just as well group thousands, or where something does
 */
export function decimalMarkOf(place: string, rows: readonly (readonly string[])[]): DecimalMark {
  let [points, commas, thousands, groupedLines, example] = [0, 0, 0, 0, ""];
  for (const row of rows) {
    const grouped = row.find((cell) => GROUPED.test(cell));
    if (grouped !== undefined) [groupedLines, example] = [groupedLines + 1, grouped];
    for (const cell of row) {
      if (WITH_POINT.test(cell)) points++;
      const match = WITH_COMMA.exec(cell);
      if (!match) continue;
      commas++;
      if (match[2]!.length === 3 && /^[1-9]\d{0,2}$/.test(match[1]!)) thousands++;
      example ||= cell;
    }
  }
  if (groupedLines * 2 > rows.length) {
    const remedy = "Write the file again without separators between thousands";
    throw fileError(place, "numbers such as 1234.56", JSON.stringify(example), remedy);
  }
  if (commas <= points) return "point";
  if (thousands < commas) return "comma";
  throw fileError(
    place,
    "numbers whose comma is a decimal mark",
    `${JSON.stringify(example)}, which could be a fraction or thousands`,
    "Give --decimal comma if it is a fraction, or write the file without separators between thousands",
  );
}
