import type { Finding } from "../../candles/finding.ts";
import type { RawCandles } from "../../candles/raw-candles.ts";
import type { ZoneName } from "../../time/zone.ts";
import { columnAssumptions, NEEDED, type Role } from "./columns.ts";
import { parseNumber, readStamps } from "./stamps.ts";
import type { ColumnValues, Table } from "./table.ts";

export interface RawFromTable {
  readonly raw: RawCandles;
  readonly findings: readonly Finding[];
  readonly assumptions: readonly string[];
}

/** Text that means a number which is none: not a broken line, but a bad price. */
const NON_FINITE: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  infinity: Infinity,
  "-infinity": -Infinity,
};

/** Reads stamps and numbers of a table; rows in which one cannot be read become findings. */
export function rawFromTable(table: Table, zone: ZoneName, scale: number): RawFromTable {
  const R = table.line.length;
  const { stamp, dated, assumptions } = readStamps(table.columns.get("time")!, zone);
  const readable = new Uint8Array(R).fill(1);
  const findings: Finding[] = table.badLines.map(({ line, value }) => unparsable(table, line, null, value));
  const refuse = (i: number, role: Role): void => {
    if (readable[i] === 0) return;
    readable[i] = 0;
    const time = Number.isNaN(stamp[i]!) ? null : stamp[i]!;
    findings.push(
      unparsable(table, table.line[i]!, time, `${nameOf(table, role)} is ${cell(table, role, i)}`),
    );
  };
  for (let i = 0; i < R; i++) if (Number.isNaN(stamp[i]!)) refuse(i, "time");
  const raw = columnsOf(table, stamp, dated, scale, refuse);
  const notes = [...columnAssumptions(table.names, table.roles), ...assumptions];
  if (scale !== 1) notes.push(`prices are divided by ${scale}`);
  return {
    raw: keepRows(raw, readable),
    findings: findings.sort((a, b) => a.line! - b.line!),
    assumptions: notes,
  };
}

function columnsOf(
  table: Table,
  stamp: Float64Array,
  dated: Uint8Array,
  scale: number,
  refuse: (i: number, role: Role) => void,
): RawCandles {
  const R = stamp.length;
  const column = (role: Role): Float64Array => numbers(table, role, refuse);
  const prices = (role: Role): Float64Array =>
    scale === 1 ? column(role) : column(role).map((x) => x / scale);
  const has = (role: Role): boolean => table.columns.has(role);
  return {
    files: [table.place],
    file: new Int32Array(R),
    line: table.line,
    stamp,
    dated,
    open: prices("open"),
    high: prices("high"),
    low: prices("low"),
    close: prices("close"),
    volume: has("volume") ? column("volume") : new Float64Array(R),
    trades: has("trades") ? column("trades") : null,
    vwap: has("vwap") ? prices("vwap") : null,
    forming: has("complete") ? formingOf(table.columns.get("complete")!) : null,
  };
}

function unparsable(table: Table, line: number, time: number | null, value: string): Finding {
  return { kind: "unparsable-line", file: table.place, line, time, value, count: 1, done: "dropped" };
}

function nameOf(table: Table, role: Role): string {
  return table.names[table.roles.get(role)!]!;
}

function cell(table: Table, role: Role, i: number): string {
  const value = table.columns.get(role)!.values[i]!;
  return value === "" || Number.isNaN(value) ? "empty" : JSON.stringify(value).slice(0, 60);
}

/** A column as numbers. An empty volume, trade count or VWAP is 0: the source has none there. */
function numbers(table: Table, role: Role, refuse: (i: number, role: Role) => void): Float64Array {
  const column = table.columns.get(role)!;
  const needed = NEEDED.includes(role);
  const isEmpty = (i: number): boolean =>
    column.kind === "text" && /^\s*(null|none|na|n\/a)?\s*$/i.test(column.values[i]!);
  const values = column.kind === "text" ? Float64Array.from(column.values, numberIn) : column.values;
  return values.map((x, i) => {
    if (Number.isFinite(x)) return x;
    if (!needed && Number.isNaN(x) && (column.kind !== "text" || isEmpty(i) || isNan(column, i))) return 0;
    if (column.kind === "text" && Number.isNaN(x) && !isNan(column, i)) refuse(i, role);
    return x;
  });
}

function numberIn(text: string): number {
  const value = parseNumber(text);
  return Number.isNaN(value) ? (NON_FINITE[text.trim().toLowerCase()] ?? NaN) : value;
}

function isNan(column: ColumnValues, i: number): boolean {
  return column.kind === "text" && column.values[i]!.trim().toLowerCase() === "nan";
}

/** 1 where the cell says false. */
function formingOf(column: ColumnValues): Uint8Array {
  const values: ArrayLike<string | number> = column.values;
  return Uint8Array.from({ length: values.length }, (_, i) =>
    /^(0|0\.0+|false|no|f|n)$/i.test(String(values[i]).trim()) ? 1 : 0,
  );
}

function keepRows(raw: RawCandles, readable: Uint8Array): RawCandles {
  if (!readable.includes(0)) return raw;
  const keep = <A extends Float64Array | Int32Array | Uint8Array>(column: A): A =>
    column.filter((_: number, i: number) => readable[i] === 1) as A;
  return {
    files: raw.files,
    file: keep(raw.file),
    line: keep(raw.line),
    stamp: keep(raw.stamp),
    dated: keep(raw.dated),
    open: keep(raw.open),
    high: keep(raw.high),
    low: keep(raw.low),
    close: keep(raw.close),
    volume: keep(raw.volume),
    trades: raw.trades && keep(raw.trades),
    vwap: raw.vwap && keep(raw.vwap),
    forming: raw.forming && keep(raw.forming),
  };
}
