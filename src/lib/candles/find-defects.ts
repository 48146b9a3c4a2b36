import { iso } from "../time/units.ts";
import type { Finding, FindingAction, FindingKind } from "./finding.ts";
import { isAscending } from "./is-ascending.ts";
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
export function findUnsorted(raw: RawCandles): Finding[] {
  const { stamp, file } = raw;
  const found: Finding[] = [];
  if (isAscending(stamp)) return found;
  for (let i = 1; i < stamp.length; i++) {
    if (stamp[i]! >= stamp[i - 1]! || file[i] !== file[i - 1]) continue;
    found.push(findingAt(raw, i, "unsorted", `${iso(stamp[i]!)} after ${iso(stamp[i - 1]!)}`, "sorted"));
  }
  return found;
}

/** Joins findings of neighbouring rows that say the same into one with a count. */
export class RunOfFindings {
  readonly #raw: RawCandles;
  readonly #kind: FindingKind;
  #first = -1;
  #last = -1;
  readonly #found: Finding[] = [];

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

  end(): readonly Finding[] {
    if (this.#first < 0) return this.#found;
    const [from, to] = [this.#raw.stamp[this.#first]!, this.#raw.stamp[this.#last]!];
    const value = from === to ? iso(from) : `${iso(from)} to ${iso(to)}`;
    const rows = this.#last - this.#first + 1;
    this.#found.push(findingAt(this.#raw, this.#first, this.#kind, value, "dropped", rows));
    this.#first = -1;
    return this.#found;
  }
}
