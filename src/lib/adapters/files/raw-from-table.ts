import { everyBlock } from "../../candles/blocks.ts";
import type { Finding } from "../../candles/finding.ts";
import { takeRaw, type RawCandles } from "../../candles/raw-candles.ts";
import { iso } from "../../time/units.ts";
import { columnAssumptions, hasBothSides, type Price, type Role, type Side } from "./columns.ts";
import { isEmptyCell, nonFiniteIn, parseNumber } from "./decimal.ts";
import { formingOf } from "./forming.ts";
import { readStamps, type StampOptions } from "./stamps.ts";
import { assertOneSymbol, wholeNumberNote } from "./table-checks.ts";
import type { Table } from "./table.ts";

export interface RawOptions extends Omit<StampOptions, "place"> {
  /** Prices are divided by it. */
  readonly scale: number;
}

export interface RawFromTable {
  /** All prices, or those of the bid where the table has both sides. */
  readonly raw: RawCandles;
  /** The same rows with the prices of the ask; null where the table has one kind of prices. */
  readonly ask: RawCandles | null;
  readonly findings: readonly Finding[];
  readonly assumptions: readonly string[];
}

/** Reads stamps and numbers of a table; rows in which one cannot be read become findings. */
export function rawFromTable(table: Table, options: RawOptions): RawFromTable {
  assertOneSymbol(table);
  const reader = new TableReader(table, options);
  const { raw, ask } = reader.read();
  const { readable, findings, assumptions } = reader;
  return { raw: keepRows(raw, readable), ask: ask && keepRows(ask, readable), findings, assumptions };
}

class TableReader {
  readonly findings: Finding[] = [];
  readonly assumptions: string[] = [];
  readonly readable: Uint8Array;
  readonly #table: Table;
  readonly #options: RawOptions;
  readonly #used = new Set<Role>(["time", "clock"]);
  #stamp: Float64Array = new Float64Array();

  constructor(table: Table, options: RawOptions) {
    this.#table = table;
    this.#options = options;
    this.readable = new Uint8Array(table.line.length).fill(1);
    for (const { line, value } of table.badLines) this.#find("unparsable-line", line, null, value);
  }

  read(): { raw: RawCandles; ask: RawCandles | null } {
    const { place, line, columns, names, roles, assumptions } = this.#table;
    const time = this.#readTime();
    const sided = hasBothSides(roles);
    const raw: RawCandles = {
      files: [place],
      file: new Int32Array(line.length),
      line,
      stamp: this.#stamp,
      dated: time.dated,
      ...this.#prices(sided ? "bid." : ""),
      volume: this.#column("volume") ?? new Float64Array(line.length),
      trades: this.#column("trades"),
      vwap: this.#scaled("vwap"),
      spread: sided ? null : this.#spread(),
      ...this.#ownColumns(),
      forming: this.#forming(),
    };
    const ask = sided ? { ...raw, ...this.#prices("ask.") } : null;
    const { scale } = this.#options;
    this.assumptions.push(
      ...assumptions,
      ...columnAssumptions(names, roles, this.#used),
      ...time.assumptions,
    );
    if (columns.has("spread") && !this.#used.has("spread")) this.assumptions.push(SPREAD_LEFT);
    if (scale !== 1) this.assumptions.push(`prices are divided by ${scale}`);
    else this.assumptions.push(...wholeNumberNote(raw));
    this.findings.sort((a, b) => a.line! - b.line!);
    return { raw, ask };
  }

  #readTime(): { dated: Uint8Array; assumptions: readonly string[] } {
    const { columns, place } = this.#table;
    const time = columns.get("time")!;
    const { stamp, dated, skipped, assumptions } = readStamps(
      time,
      { ...this.#options, ...this.#saidZone(), place },
      columns.get("clock"),
    );
    this.#stamp = stamp;
    for (let i = firstOdd(stamp); i < stamp.length; i++) {
      if (!Number.isNaN(stamp[i]!)) continue;
      const local = skipped.get(i);
      if (local === undefined) this.#refuse(i, "time");
      else this.#refuseSkipped(i, local);
    }
    return { dated, assumptions };
  }

  /** A column called `Gmt time` or `Time (UTC)` says whose clock it shows, unless an option does. */
  #saidZone(): { readonly zone?: "UTC"; readonly zoneSaid?: true } {
    const { names, roles } = this.#table;
    const name = names[roles.get("time")!] ?? "";
    const { zoneSaid, wall } = this.#options;
    if (zoneSaid || wall || !/\b(gmt|utc)\b|_(gmt|utc)|(gmt|utc)_/i.test(name)) return {};
    this.assumptions.push(`column ${name} says that its times are UTC`);
    return { zone: "UTC", zoneSaid: true };
  }

  #refuseSkipped(i: number, local: number): void {
    this.readable[i] = 0;
    const value = `${iso(local).replace("Z", "")}, which the clock of ${this.#options.zone} skips`;
    this.#find("skipped-time", this.#table.line[i]!, null, value);
  }

  #prices(side: "" | `${Side}.`): Record<Price, Float64Array> {
    const of = (price: Price): Float64Array => this.#scaled(`${side}${price}`)!;
    return { open: of("open"), high: of("high"), low: of("low"), close: of("close") };
  }

  /** Ask − bid at the close, where both are there; else the column of that name where its unit is known. */
  #spread(): Float64Array | null {
    const { roles } = this.#table;
    const isSide = (side: Side): boolean =>
      roles.has(`${side}.close`) && roles.get(`${side}.close`) !== roles.get("close");
    if (isSide("bid") && isSide("ask")) {
      const [bid, ask] = [this.#scaled("bid.close")!, this.#scaled("ask.close")!];
      return bid.map((b, i) => ask[i]! - b);
    }
    // Written by us, together with known_at: in price units. Elsewhere it may be in points.
    const own = roles.has("knownAt") ? this.#column("spread") : null;
    return own?.every(Number.isNaN) ? null : own;
  }

  /** What only a file written by us holds. */
  #ownColumns(): Pick<RawCandles, "knownAt" | "partial"> {
    const { columns, place } = this.#table;
    const known = columns.get("knownAt");
    if (!known) return { knownAt: null, partial: null };
    this.#used.add("knownAt");
    const { stamp } = readStamps(known, { zone: "UTC", place });
    for (let i = 0; i < stamp.length; i++) {
      if (Number.isNaN(stamp[i]!)) this.#refuse(i, "knownAt");
      else if (stamp[i]! < this.#stamp[i]!) this.#refuseEarly(i, stamp[i]!);
    }
    this.assumptions.push("rows were known when column known_at says");
    if (columns.has("closeTime")) this.#used.add("closeTime");
    const partial = columns.get("partial");
    if (!partial) return { knownAt: stamp, partial: null };
    this.#used.add("partial");
    return { knownAt: stamp, partial: formingOf(partial, () => undefined).map((f) => 1 - f) };
  }

  #refuseEarly(i: number, known: number): void {
    if (this.readable[i] === 0) return;
    this.readable[i] = 0;
    this.#find("known-before-stamp", this.#table.line[i]!, this.#stamp[i]!, `known_at is ${iso(known)}`);
  }

  #forming(): Uint8Array | null {
    const column = this.#table.columns.get("complete");
    if (!column) return null;
    this.#used.add("complete");
    return formingOf(column, (i) => this.#refuse(i, "complete"));
  }

  #scaled(role: Role): Float64Array | null {
    const values = this.#column(role);
    const { scale } = this.#options;
    return values === null || scale === 1 ? values : values.map((x) => x / scale);
  }

  /**
   * A column as numbers, null where there is none. An empty volume, trade count or VWAP is 0: the source has none
   * there.
   */
  #column(role: Role): Float64Array | null {
    const column = this.#table.columns.get(role);
    if (!column) return null;
    this.#used.add(role);
    const text = column.kind === "text";
    const values = text ? Float64Array.from(column.values, (cell) => parseNumber(cell)) : column.values;
    let own = text ? values : null;
    for (let i = firstOdd(values); i < values.length; i++) {
      if (Number.isFinite(values[i]!)) continue;
      own ??= values.slice();
      own[i] = this.#oddNumber(i, role, values[i]!);
    }
    return own ?? values;
  }

  /** What a cell stands for that holds no plain number. */
  #oddNumber(i: number, role: Role, value: number): number {
    const optional = role === "volume" || role === "trades" || role === "vwap";
    const text = this.#cell(role, i);
    if (text === null) return optional && Number.isNaN(value) ? 0 : value;
    const meant = nonFiniteIn(text);
    if (optional && (isEmptyCell(text) || Number.isNaN(meant))) return 0;
    if (role === "spread" && isEmptyCell(text)) return NaN;
    if (meant === undefined) this.#refuse(i, role);
    return meant ?? NaN;
  }

  /** Text of a cell, null where the column never was text. */
  #cell(role: Role, i: number): string | null {
    const column = this.#table.columns.get(role)!;
    if (column.kind === "text") return column.values[i]!;
    return column.kind === "numbers" && column.cell ? column.cell(i) : null;
  }

  #refuse(i: number, role: Role): void {
    if (this.readable[i] === 0) return;
    this.readable[i] = 0;
    const { names, roles, columns, line } = this.#table;
    const text = this.#cell(role, i) ?? String(columns.get(role)!.values[i]);
    const clock = role === "time" && columns.has("clock") ? ` ${this.#cell("clock", i)}` : "";
    const shown = text.trim() === "" || text === "NaN" ? "empty" : JSON.stringify(text + clock).slice(0, 60);
    const time = Number.isNaN(this.#stamp[i]!) ? null : this.#stamp[i]!;
    this.#find("unparsable-line", line[i]!, time, `${names[roles.get(role)!]!} is ${shown}`);
  }

  #find(kind: Finding["kind"], line: number, time: number | null, value: string): void {
    this.findings.push({ kind, file: this.#table.place, line, time, value, count: 1, done: "dropped" });
  }
}

const SPREAD_LEFT = "the spread column is left out: its unit is not said (MetaTrader counts points)";

function keepRows(raw: RawCandles, readable: Uint8Array): RawCandles {
  if (!readable.includes(0)) return raw;
  const rows = new Int32Array(readable.reduce((sum, r) => sum + r, 0));
  for (let i = 0, n = 0; i < readable.length; i++) if (readable[i]) rows[n++] = i;
  return takeRaw(raw, rows);
}

/** The first row without a finite number, R where every row has one. */
function firstOdd(values: Float64Array): number {
  let first = values.length;
  everyBlock(values.length, (from, to) => {
    for (let i = from; i < to; i++) {
      if (Number.isFinite(values[i]!)) continue;
      first = i;
      return false;
    }
    return true;
  });
  return first;
}
