import type { Finding } from "./finding.ts";
import { findingAt } from "./find-defects.ts";
import { FirstBars, isFarAbove, pointsPutBack, TrailingPrice } from "./find-lost-points.ts";
import type { RawCandles } from "./raw-candles.ts";
import { REPAIRS, type RepairableKind, type RowValues } from "./repairs.ts";

/** Rows that passed, with the values of those that were repaired put in. */
export interface JudgedRows {
  /** The columns as given, or copies of them where rows may be repaired. */
  readonly raw: RawCandles;
  /** 1 where a rule changed the row [R]. */
  readonly repaired: Uint8Array;
  readonly findings: readonly Finding[];
}

/**
 * Judges the numbers of every row, bar by bar in order of time: prices that are none, lost decimal points,
 * contradictions, volumes that are none. What cannot be a candle is dropped unless a rule of repair was asked for.
 * A row is judged by itself and by earlier bars, never by later ones, nor by other rows of its own bar, so the
 * verdicts depend neither on the order of lines nor on what is added later.
 * @param openTime the bar that each row names [R]
 * @param rows row numbers, ascending in openTime
 * @param alive set to 0 for rows that are dropped [R]
 */
export function judgeRows(
  raw: RawCandles,
  openTime: Float64Array,
  rows: Int32Array,
  alive: Uint8Array,
  repairs: ReadonlySet<RepairableKind>,
): JudgedRows {
  const judge = new RowJudge(repairs.size > 0 ? withCopies(raw) : raw, repairs);
  const first = new FirstBars();
  const { before } = judge;
  const { close } = judge.raw;
  const R = rows.length;
  const judgeBar = (begin: number): number => {
    const bar = openTime[rows[begin]!]!;
    let [lowest, whole, i] = [Infinity, true, begin];
    do {
      const row = rows[i]!;
      const plain = isPlain(judge.raw, row, before.last);
      if (plain || judge.passes(row)) {
        if (close[row]! < lowest) lowest = close[row]!;
        if (!first.isComplete) first.add(row, bar, close[row]!);
      } else alive[row] = 0;
      if (plain || !judge.wasLostWhole) whole = false;
    } while (++i < R && openTime[rows[i]!] === bar);
    if (lowest < Infinity) before.push(lowest);
    before.countLost(whole);
    return i;
  };
  for (let i = 0; i < R;) {
    const end = first.isComplete ? plainEnd(judge.raw, openTime, rows, i, before.last) : i;
    if (end > i) before.pushAll(close, rows, i, end);
    i = end > i ? end : judgeBar(i);
  }
  judge.flagFirst(first);
  return { raw: judge.raw, repaired: judge.repaired, findings: judge.findings };
}

/** How many rows one call looks through, so that its code is made once and not anew for every file. */
const STRETCH = 4096;

/** The end of the stretch from row number `from` on in which every bar has one row, a plain one. */
function plainEnd(
  { open, high, low, close, volume }: RawCandles,
  openTime: Float64Array,
  rows: Int32Array,
  from: number,
  last: number,
): number {
  const to = Math.min(from + STRETCH, rows.length - 1);
  let before = last;
  let i = from;
  for (; i < to; i++) {
    const row = rows[i]!;
    if (openTime[row] === openTime[rows[i + 1]!]) break;
    const h = high[row]!;
    const l = low[row]!;
    const o = open[row]!;
    const c = close[row]!;
    const v = volume[row]!;
    const ordered = h >= o && h >= c && l <= o && l <= c;
    if (!(ordered && l > 0 && h < Infinity && v >= 0 && v < Infinity) || isFarAbove(h, before)) break;
    before = c;
  }
  return i;
}

/** Sound by itself and no price far above the close before: nearly every row, so this is all that most cost. */
function isPlain({ open, high, low, close, volume }: RawCandles, row: number, last: number): boolean {
  const h = high[row]!;
  const l = low[row]!;
  const [o, c, v] = [open[row]!, close[row]!, volume[row]!];
  const ordered = h >= o && h >= c && l <= o && l <= c;
  return ordered && l > 0 && h < Infinity && v >= 0 && v < Infinity && !isFarAbove(h, last);
}

/** What is wrong with the numbers of a row by themselves, and the row in words; null where nothing is. */
export function ownDefect(
  raw: RawCandles,
  row: number,
): { readonly kind: "bad-price" | "price-contradiction" | "bad-volume"; readonly value: string } | null {
  const { open, high, low, close, volume } = valuesOf(raw, row);
  if (![open, high, low, close].every(isPrice)) return { kind: "bad-price", value: pricesIn(raw, row) };
  if (!isOrdered(raw, row)) return { kind: "price-contradiction", value: pricesIn(raw, row) };
  return volume >= 0 && volume < Infinity ? null : { kind: "bad-volume", value: volumeIn(raw, row) };
}

function isPrice(price: number): boolean {
  return price > 0 && price < Infinity;
}

function withCopies(raw: RawCandles): RawCandles {
  const { open, high, low, close, volume } = raw;
  return {
    ...raw,
    open: open.slice(),
    high: high.slice(),
    low: low.slice(),
    close: close.slice(),
    volume: volume.slice(),
  };
}

class RowJudge {
  readonly raw: RawCandles;
  readonly #repairs: ReadonlySet<RepairableKind>;
  readonly repaired: Uint8Array;
  readonly findings: Finding[] = [];
  readonly before = new TrailingPrice();
  /** Whether every price of the row judged last had lost its point. */
  wasLostWhole = false;

  constructor(raw: RawCandles, repairs: ReadonlySet<RepairableKind>) {
    this.raw = raw;
    this.#repairs = repairs;
    this.repaired = new Uint8Array(raw.stamp.length);
  }

  passes(row: number): boolean {
    const { open, high, low, close, volume } = valuesOf(this.raw, row);
    const prices = [open, high, low, close];
    this.wasLostWhole = false;
    if (!prices.every(isPrice)) return this.#drop(row, "bad-price", pricesIn(this.raw, row));
    if (isFarAbove(Math.max(...prices), this.before.last) && !this.#pointsStand(row)) return false;
    const ordered = isOrdered(this.raw, row) || this.#mend(row, "price-contradiction", pricesIn);
    return ordered && ((volume >= 0 && volume < Infinity) || this.#mend(row, "bad-volume", volumeIn));
  }

  #pointsStand(row: number): boolean {
    const usual = this.before.median();
    const prices = valuesOf(this.raw, row);
    const back = pointsPutBack(prices, usual, this.before.hasFractions());
    if (back === null) return true;
    const { open, high, low, close } = prices;
    this.wasLostWhole = back.open < open && back.high < high && back.low < low && back.close < close;
    return this.#mend(row, "lost-decimal-point", pricesIn, `, usual are ${usual}`);
  }

  /** Repairs the row where that was asked for, else drops it. */
  #mend(
    row: number,
    kind: RepairableKind,
    words: (raw: RawCandles, row: number) => string,
    beside = "",
  ): boolean {
    const before = words(this.raw, row);
    if (!this.#repairs.has(kind)) return this.#drop(row, kind, before + beside);
    const { rule, apply } = REPAIRS[kind];
    putBack(this.raw, row, apply(valuesOf(this.raw, row), this.before.median(), this.before.hasFractions()));
    this.repaired[row] = 1;
    const value = `${before}${beside} → ${words(this.raw, row)}`;
    this.findings.push({ ...findingAt(this.raw, row, kind, value, "repaired"), rule });
    return true;
  }

  #drop(row: number, kind: "bad-price" | RepairableKind, value: string): false {
    this.findings.push(findingAt(this.raw, row, kind, value, "dropped"));
    return false;
  }

  flagFirst(first: FirstBars): void {
    const { rows, usual } = first.lost((row) => valuesOf(this.raw, row));
    for (const row of rows) {
      const value = `${pricesIn(this.raw, row)}, usual soon after are ${usual}; no bar before it can tell`;
      this.findings.push(findingAt(this.raw, row, "lost-decimal-point", value, "kept"));
    }
  }
}

function isOrdered(raw: RawCandles, row: number): boolean {
  const { open, high, low, close } = valuesOf(raw, row);
  return high >= open && high >= close && low <= open && low <= close;
}

function valuesOf({ open, high, low, close, volume }: RawCandles, row: number): RowValues {
  return { open: open[row]!, high: high[row]!, low: low[row]!, close: close[row]!, volume: volume[row]! };
}

function putBack(raw: RawCandles, row: number, values: RowValues): void {
  raw.open[row] = values.open;
  raw.high[row] = values.high;
  raw.low[row] = values.low;
  raw.close[row] = values.close;
  raw.volume[row] = values.volume;
}

function pricesIn({ open, high, low, close }: RawCandles, row: number): string {
  return `open ${open[row]}, high ${high[row]}, low ${low[row]}, close ${close[row]}`;
}

function volumeIn({ volume }: RawCandles, row: number): string {
  return `volume ${volume[row]}`;
}
