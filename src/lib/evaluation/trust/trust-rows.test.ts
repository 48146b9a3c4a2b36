import { beforeAll, describe, expect, it } from "vitest";
import type { CandleSeries, SeriesKey } from "../../candles/candle-series.ts";
import { knownBy } from "../../candles/slice.ts";
import type { Encoder } from "../../encoder/encoder.ts";
import { createRng } from "../../math/rng.ts";
import type { Memory, NeighbourColumns } from "../../memory/memory.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import {
  candlesInRam,
  randomEncoder,
  randomWalk,
  recordsOf,
  rememberedIn,
} from "../../testing/replay-world.ts";
import { HOUR } from "../../time/units.ts";
import { makeTrustReport } from "./make-trust-report.ts";
import { TRUST_LABELS, TRUST_METHODS, type Comparison, type TrustReport } from "./trust-report.ts";
import { trustRows, type TrustRows } from "./trust-rows.ts";

const HORIZON = "4h";
const LATER = Date.UTC(2100, 0, 1);
const NEIGHBOURS = 20;
const ALWAYS = { from: -Infinity, to: Infinity, asOf: Infinity };
const synthetic = (seed: number, symbol: string, rows: number): CandleSeries =>
  syntheticCandles({ seed, rows, symbol, timeframe: "1h", gapShare: 0.005 });
const keyOf = ({ source, symbol, timeframe }: CandleSeries): SeriesKey => ({ source, symbol, timeframe });

interface World {
  readonly rows: TrustRows;
  readonly report: TrustReport;
}

/** Candles from first to last: remembered, replayed, scored. `changed` may put another memory in the middle. */
async function replay(
  series: readonly CandleSeries[],
  encoder: Encoder,
  span = ALWAYS,
  changed: (memory: Memory) => Memory = (memory) => memory,
  asked = series,
): Promise<World> {
  const store = candlesInRam(series);
  const memory = changed(await rememberedIn(store, encoder, series.map(keyOf), HORIZON));
  const rows = await trustRows(store, await recordsOf(memory, encoder, asked, HORIZON), span);
  return { rows, report: reportOf(rows, encoder, asked) };
}

function reportOf(rows: TrustRows, encoder: Encoder, series: readonly CandleSeries[], seed = 1): TrustReport {
  const calendars = series.map(({ calendar }) => calendar.name);
  const folds = [{ ...{ from: -Infinity, to: Infinity }, encoder }];
  return makeTrustReport(rows, {
    ...{ tenant: "default", horizon: HORIZON, refit: "never", folds, calendars, seed, resamples: 200 },
  });
}

/** What each row said, by series and anchor. */
function saidBy(rows: TrustRows, until: number): Map<string, number[]> {
  const said = new Map<string, number[]>();
  rows.anchor.forEach((t, row) => {
    if (t > until) return;
    const quantiles = TRUST_LABELS.flatMap((label) =>
      TRUST_METHODS.flatMap((method) => [...rows.quantiles[label][method].subarray(row * 7, row * 7 + 7)]),
    );
    said.set(`${rows.series[rows.seriesOf[row]!]!.symbol} ${t}`, [rows.abstained[row]!, ...quantiles]);
  });
  return said;
}

/** The nearest few, and those whose anchors are nearest to the time of the question, before and after it. */
function nearInTime(found: NeighbourColumns, { asOf }: { readonly asOf: number }): NeighbourColumns {
  const order = Array.from(found.anchor.keys());
  const away = (i: number): number => Math.abs(found.anchor[i]! - asOf);
  const same = [...order].sort((a, b) => away(a) - away(b) || a - b).slice(0, NEIGHBOURS);
  const near = [...new Set([...same, ...order.slice(0, NEIGHBOURS)])].sort((a, b) => a - b);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(near, (i) => column[i]!);
  const { distance, anchor, matureAt, residual } = found;
  return {
    ...{ distance: pick(distance), anchor: pick(anchor) },
    ...{ matureAt: pick(matureAt), residual: pick(residual) },
  };
}

describe("the rows of a trust report", () => {
  const series = [synthetic(1, "A", 850), synthetic(2, "B", 850)];
  const encoder = randomEncoder(series, series[0]!.knownAt[350]!);
  const cut = series[0]!.knownAt[700]!;
  let whole: World;
  beforeAll(async () => {
    whole = await replay(series, encoder);
  });

  it("say what they would have said had history ended after them", async () => {
    const short = await replay(
      series.map((one) => knownBy(one, cut)),
      encoder,
    );
    const said = saidBy(short.rows, cut);
    expect(said.size).toBeGreaterThan(600);
    expect(said).toEqual(saidBy(whole.rows, cut));
  });

  it("as of an instant are those of a history that ended there", async () => {
    const ended = await replay(
      series.map((one) => knownBy(one, cut)),
      encoder,
    );
    const { rows } = await replay(series, encoder, { ...ALWAYS, asOf: cut });
    expect(rows).toEqual(ended.rows);
    expect(rows.matureAt.filter(Number.isNaN).length).toBeGreaterThan(0); // pending by then, known by now
  });

  it("say the same when all that came after is replaced by nonsense", async () => {
    const rng = createRng(7);
    const nonsense = series.map((one) => {
      const factor = one.knownAt.map((t) => (t <= cut ? 1 : 0.5 + rng.next()));
      const times = (prices: Float64Array): Float64Array => prices.map((price, i) => price * factor[i]!);
      return {
        ...one,
        open: times(one.open),
        high: times(one.high),
        low: times(one.low),
        close: times(one.close),
      };
    });
    const other = await replay(nonsense, encoder);
    expect(saidBy(other.rows, cut)).toEqual(saidBy(whole.rows, cut));
    expect(saidBy(other.rows, Infinity)).not.toEqual(saidBy(whole.rows, Infinity));
  });

  it("begin when the encoder was known, and are those of the span", async () => {
    expect(whole.rows.anchor[0]).toBeGreaterThanOrEqual(encoder.knownAt);
    const span = { from: cut - 100 * HOUR, to: cut, asOf: Infinity };
    const { rows } = await replay(series, encoder, span);
    expect([...rows.anchor]).toEqual([...whole.rows.anchor].filter((t) => t >= span.from && t <= span.to));
  });

  it("without its recall part differ from HAR + clock only by calibration", () => {
    const { rows } = whole;
    // until twenty answers that do not overlap had matured there is none, and both put the same forecast to a table
    const middle = (method: "withoutRecall" | "harClock", row: number): number =>
      rows.quantiles.logAtrRatio[method][row * 7 + 3]!;
    const apart = Array.from(rows.anchor.keys(), (row) =>
      Math.abs(middle("withoutRecall", row) - middle("harClock", row)),
    );
    const sorted = apart.filter(Number.isFinite).sort((a, b) => a - b);
    expect(sorted.length).toBeGreaterThan(900);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(0.02);
  });

  it("give the same report for the same seed, and other intervals alone for another", () => {
    const text = JSON.stringify(whole.report);
    expect(JSON.stringify(reportOf(whole.rows, encoder, series))).toBe(text);
    const other = reportOf(whole.rows, encoder, series, 2);
    expect(JSON.stringify(other)).not.toBe(text);
    expect(other.labels.return.methods.map((m) => m.crps.value)).toEqual(
      whole.report.labels.return.methods.map((m) => m.crps.value),
    );
  });
});

describe("on random walks", () => {
  it("a memory that lets the future answer is seen at once: it knows what nobody can know", async () => {
    const walk = randomWalk({ seed: 1, rows: 700 });
    const market = ["A", "B", "C", "D", "E"].map((symbol) => ({ ...walk, symbol })); // they move as one
    const encoder = randomEncoder(market, walk.knownAt[300]!);
    const honest = await replay(market, encoder, ALWAYS, (memory) => memory, market.slice(0, 1));
    // a forgotten as-of filter, and what is near in time is near: the same hours of other symbols answer
    const cheat = (memory: Memory): Memory => ({
      ...memory,
      countMatured: async () => 10 * NEIGHBOURS,
      queryColumns: async (query) =>
        nearInTime(await memory.queryColumns({ ...query, asOf: LATER, k: 5_000 }), query),
    });
    const leaking = await replay(market, encoder, ALWAYS, cheat, market.slice(0, 1));
    const against = ({ report }: World): Comparison => report.labels.logAtrRatio.against[0]!;
    expect(against(leaking)).toMatchObject({ method: "withoutRecall" });
    expect(against(leaking).p).toBeLessThan(0.025); // the bar of the verdict
    expect(against(leaking).ratio.high).toBeLessThan(against(honest).ratio.low!);
    expect(leaking.report.sentence).toMatch(/Recall adds something to the/);
    expect(honest.report.sentence).toMatch(/Recall adds nothing here/);
  });

  it("recall claims next to nothing at 5 %", async () => {
    const claims: string[] = [];
    const seeds = [1, 2, 3, 4, 5, 6];
    for (const seed of seeds) {
      const walk = [randomWalk({ seed, rows: 700 })];
      const { report } = await replay(walk, randomEncoder(walk, walk[0]!.knownAt[300]!));
      if (/adds something/.test(report.sentence)) claims.push(`${seed} recall`);
      for (const label of TRUST_LABELS) {
        const { methods, against } = report.labels[label];
        const crps = (name: string): number => methods.find(({ method }) => method === name)!.crps.value;
        const best = against.reduce((a, b) => (crps(b.method) < crps(a.method) ? b : a));
        if (best.ratio.value < 1 && best.p !== null && best.p < 0.05)
          claims.push(`${seed} ${label} ${best.method}`);
      }
    }
    // three claims are possible per walk, each by chance in at most 2.5 %: three or more of 18 in one of 100 such tests
    expect(claims.length, claims.join(", ")).toBeLessThan(3);
  });
});
