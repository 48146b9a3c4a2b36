import type { CandleSeries } from "../../candles/candle-series.ts";
import { takeFacts, type CandleFacts } from "../../candles/candle-facts.ts";
import { takeRows } from "../../candles/slice.ts";
import { createRng } from "../../math/rng.ts";
import type { EpochMs } from "../../time/units.ts";

/** What may stand where the future was. */
export const GARBAGE = ["nan", "thousandfold", "shuffled", "removed", "another-symbol"] as const;
export type GarbageKind = (typeof GARBAGE)[number];

const PRICES = ["open", "high", "low", "close", "vwap"] as const;
const VALUES = [...PRICES, "volume", "trades", "spread"] as const;

type Values = Partial<Record<(typeof VALUES)[number], Float64Array>>;

/**
 * The same candles with everything that became known after `t` replaced: by NaN, prices a thousand times as high,
 * values of later rows in another order, half of the later rows gone, or another market's prices. Times stay, so the
 * law holds for what is left. What was known by `t` is untouched, to the last bit.
 */
export function garbageAfter<S extends CandleSeries | CandleFacts>(
  series: S,
  t: EpochMs,
  kind: GarbageKind,
  seed: number,
): S {
  const rng = createRng(seed);
  const { knownAt } = series;
  const later: number[] = [];
  knownAt.forEach((known, row) => known > t && later.push(row));
  if (kind === "removed") {
    const gone = new Set(later.filter(() => rng.next() < 0.5));
    const rows = Int32Array.from(knownAt.keys()).filter((row) => !gone.has(row));
    return (isFacts(series) ? takeFacts(series, rows) : takeRows(series, rows)) as S;
  }
  const from = kind === "shuffled" ? shuffled(later, rng) : later;
  const [drift, level] = [0.98 + 0.04 * rng.next(), 0.1 + 10 * rng.next()];
  const value = (column: Float64Array, name: string, i: number): number => {
    if (kind === "nan") return NaN;
    if (kind === "shuffled") return column[from[i]!]!;
    if (kind === "thousandfold") return column[later[i]!]! * 1000;
    const walk = level * drift ** (i % 60) * (name === "high" ? 1.01 : name === "low" ? 0.99 : 1);
    return (PRICES as readonly string[]).includes(name) ? walk : level * (1 + (i % 7));
  };
  return { ...series, ...replaced(series, later, value) };
}

function isFacts(series: CandleSeries | CandleFacts): series is CandleFacts {
  return "late" in series;
}

function replaced(
  series: CandleSeries,
  rows: readonly number[],
  value: (column: Float64Array, name: string, i: number) => number,
): Values {
  const made: Values = {};
  for (const name of VALUES) {
    const column = series[name];
    if (!column) continue;
    const spoilt = column.slice();
    rows.forEach((row, i) => (spoilt[row] = value(column, name, i)));
    made[name] = spoilt;
  }
  return made;
}

function shuffled(rows: readonly number[], rng: ReturnType<typeof createRng>): readonly number[] {
  const order = [...rows];
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
