import { factDigest, sameCandle, valuesAt } from "../../adapters/sqlite/candle-facts.ts";
import { factsOfSeries, type CandleFacts } from "../../candles/candle-facts.ts";
import type { CandleSeries } from "../../candles/candle-series.ts";
import type { EpochMs } from "../../time/units.ts";

/** Candles of one series that a source gave at one instant. */
export interface Delivery {
  readonly series: CandleSeries;
  readonly now: EpochMs;
}

interface Fact {
  readonly of: CandleSeries;
  readonly row: number;
  readonly openTime: EpochMs;
  readonly knownAt: EpochMs;
  readonly late: boolean;
  readonly values: readonly (number | null)[];
  readonly digest: number;
}

/**
 * The facts that a candle store holds after these deliveries, one after the other: see `CandleStore.write`, which it is
 * tested against.
 * @param like says which columns there are, should nothing ever be delivered
 */
export function factsOfDeliveries(deliveries: readonly Delivery[], like: CandleSeries): CandleFacts {
  const facts: Fact[] = [];
  const newestFacts = new Map<EpochMs, Fact>();
  const digest = factDigest();
  let newest = -Infinity;
  let told = -Infinity; // the newest instant at which a bar came on time
  for (const { series, now } of deliveries) {
    const [stored, known] = [newest, told]; // by those before: a delivery is late or not as a whole
    const own = factsOfSeries(series).late;
    for (let row = 0; row < series.openTime.length; row++) {
      const openTime = series.openTime[row]!;
      const values: (number | null)[] = [];
      valuesAt(series, row, values);
      const before = newestFacts.get(openTime);
      if (before && sameCandle([0, 0, 0, ...before.values], values)) continue;
      const behind = openTime <= stored || series.knownAt[row]! < known;
      const knownAt = behind ? Math.max(now, series.knownAt[row]!) : series.knownAt[row]!;
      const late = behind || own[row] === 1;
      const head = [openTime, series.closeTime[row]!, knownAt, late ? 1 : 0];
      const fact = { of: series, row, openTime, knownAt, late, values, digest: digest(head, values) };
      facts.push(fact);
      if (!before || asRead(before, fact) < 0) newestFacts.set(openTime, fact);
      newest = Math.max(newest, openTime);
      if (!late) told = Math.max(told, knownAt);
    }
  }
  return columnsOf(facts.sort(asRead), like);
}

/** The order in which a store reads facts: of equal instants the larger digest counts. */
function asRead(a: Fact, b: Fact): number {
  return a.openTime - b.openTime || a.knownAt - b.knownAt || a.digest - b.digest;
}

function columnsOf(facts: readonly Fact[], like: CandleSeries): CandleFacts {
  const columns: Record<string, Float64Array | Uint8Array> = {};
  for (const [name, column] of Object.entries<unknown>({ ...like })) {
    const value = ({ of, row }: Fact): number => of[name as "open"][row]!;
    if (column instanceof Float64Array) columns[name] = Float64Array.from(facts, value);
    if (column instanceof Uint8Array) columns[name] = Uint8Array.from(facts, value);
  }
  return {
    ...like,
    ...columns,
    knownAt: Float64Array.from(facts, ({ knownAt }) => knownAt),
    late: Uint8Array.from(facts, ({ late }) => (late ? 1 : 0)),
  };
}
