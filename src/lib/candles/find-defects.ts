import { iso } from "../time/units.ts";
import type { Finding, FindingAction, FindingKind } from "./finding.ts";
import type { RawCandles } from "./raw-candles.ts";

/** A finding about row `row` of raw candles. */
export function findingAt(
  raw: RawCandles,
  row: number,
  kind: FindingKind,
  value: string,
  done: FindingAction,
  count = 1,
): Finding {
  const file = raw.files[raw.file[row]!]!;
  return { kind, file, line: raw.line[row]!, time: raw.stamp[row]!, value, count, done };
}

/** Every place where time runs backwards in a file. */
export function* findUnsorted(raw: RawCandles): Generator<Finding> {
  for (let i = 1; i < raw.stamp.length; i++) {
    if (raw.file[i] !== raw.file[i - 1] || raw.stamp[i]! >= raw.stamp[i - 1]!) continue;
    const value = `${iso(raw.stamp[i]!)} after ${iso(raw.stamp[i - 1]!)}`;
    yield findingAt(raw, i, "unsorted", value, "sorted");
  }
}

/**
 * Rows whose numbers cannot be a candle: they are dropped, and their bar is missing.
 * @param alive set to 0 for them [R]
 */
export function* findBadRows(raw: RawCandles, alive: Uint8Array): Generator<Finding> {
  for (let i = 0; i < raw.stamp.length; i++) {
    const [o, h, l, c, v] = [raw.open[i]!, raw.high[i]!, raw.low[i]!, raw.close[i]!, raw.volume[i]!];
    const sound =
      o > 0 && h > 0 && l > 0 && c > 0 && o < Infinity && h < Infinity && l < Infinity && c < Infinity;
    const ordered = h >= o && h >= c && l <= o && l <= c;
    const counted = v >= 0 && v < Infinity;
    if (sound && ordered && counted) continue;
    alive[i] = 0;
    const prices = `open ${o}, high ${h}, low ${l}, close ${c}`;
    if (!sound) yield findingAt(raw, i, "bad-price", prices, "dropped");
    else if (!ordered) yield findingAt(raw, i, "price-contradiction", prices, "dropped");
    else yield findingAt(raw, i, "bad-volume", `volume ${v}`, "dropped");
  }
}

/** Joins findings of neighbouring rows that say the same into one with a count. */
export class RunOfFindings {
  readonly #raw: RawCandles;
  readonly #kind: FindingKind;
  #first = -1;
  #last = -1;
  readonly found: Finding[] = [];

  constructor(raw: RawCandles, kind: FindingKind) {
    this.#raw = raw;
    this.#kind = kind;
  }

  add(row: number): void {
    if (this.#first >= 0 && row === this.#last + 1 && this.#raw.file[row] === this.#raw.file[this.#first]) {
      this.#last = row;
      return;
    }
    this.end();
    this.#first = this.#last = row;
  }

  end(): Finding[] {
    if (this.#first < 0) return this.found;
    const [from, to] = [this.#raw.stamp[this.#first]!, this.#raw.stamp[this.#last]!];
    const value = from === to ? iso(from) : `${iso(from)} to ${iso(to)}`;
    this.found.push(
      findingAt(this.#raw, this.#first, this.#kind, value, "dropped", this.#last - this.#first + 1),
    );
    this.#first = -1;
    return this.found;
  }
}
