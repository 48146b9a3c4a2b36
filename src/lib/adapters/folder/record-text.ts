import type { Column, RecallRecord } from "../../recall/record-type.ts";

/** A column as it was written last. */
interface Written {
  readonly column: Column;
  readonly text: string;
}

/**
 * Writes a record that grows: the bytes of JSON.stringify, of which a column that only went on, as most of them do from
 * candle to candle, is not written anew.
 */
export class RecordText {
  #written = new Map<string, Written>();

  of(record: RecallRecord): string {
    const written = new Map<string, Written>();
    const columnOf = (name: string, column: Column): string => {
      const text = textOf(column, this.#written.get(name));
      written.set(name, { column, text });
      return text;
    };
    const valueOf = (name: string, value: unknown): string => {
      if (name === "matureAt") return columnOf(name, value as Column);
      if (!GROUPS.has(name)) return JSON.stringify(value);
      return objectOf(value as object, (key, column) => columnOf(`${name}.${key}`, column as Column));
    };
    const text = objectOf(record, valueOf);
    this.#written = written;
    return text;
  }
}

/** Parts of a record that are columns by name. */
const GROUPS: ReadonlySet<string> = new Set(["moments", "outcomes", "raw", "calibrated"]);

function objectOf(value: object, textOfValue: (name: string, value: unknown) => string): string {
  const parts = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([name, one]) => `${JSON.stringify(name)}:${textOfValue(name, one)}`);
  return `{${parts.join(",")}}`;
}

function textOf(column: Column, before: Written | undefined): string {
  if (before === undefined || before.column.length === 0 || !goesOn(column, before.column))
    return JSON.stringify(column);
  if (column.length === before.column.length) return before.text;
  return `${before.text.slice(0, -1)},${JSON.stringify(column.slice(before.column.length)).slice(1)}`;
}

function goesOn(column: Column, before: Column): boolean {
  if (column === before) return true;
  if (column.length < before.length) return false;
  for (let i = 0; i < before.length; i++) if (!Object.is(column[i], before[i])) return false;
  return true;
}
