import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MINUTE, type EpochMs } from "../../time/units.ts";
import type { ExchangeConnection, HeardRow } from "./exchange-connection.ts";
import { exchangeSource } from "./exchange-source.ts";

const START = Date.UTC(2024, 0, 1);
const BAR = 5 * MINUTE;
const BARS = 60;
const at = (bars: number): EpochMs => START + bars * BAR;
const SEED = 20261122;

interface Habits {
  /** Which bars it has. */
  readonly has: readonly boolean[];
  /** Most rows of an answer, whatever is asked for. */
  readonly mostRows: number;
  /** Answers with what lies in the window that was asked for, else with the first rows after its begin. */
  readonly windowed: boolean;
  /** Sends the last row of every answer twice. */
  readonly stutters: boolean;
  /** Begins every answer with the row before what was asked for. */
  readonly overlaps: boolean;
  /** So many of its answers, counted round, are empty for no reason. */
  readonly hiccupEvery: number | null;
  /** Its clock beside ours, ms; null: it does not say. */
  readonly clockOff: number | null;
}

/** An exchange with habits, without a network. */
function exchangeWith(habits: Habits, now: EpochMs): { connection: ExchangeConnection; asked: () => number } {
  const { has, mostRows, windowed, stutters, overlaps, hiccupEvery, clockOff } = habits;
  let asked = 0;
  const row = (bar: number): HeardRow => {
    const read = [at(bar), 100, 101, 99, 100 + bar / 100, bar];
    return { said: read, read };
  };
  const bars = has.flatMap((there, bar) => (there && at(bar) <= now ? [bar] : []));
  const heard = {
    ...{ path: "/", status: 200, retryAfterMs: null, bytes: 0, sha256: "" },
    clock: clockOff === null ? null : now + clockOff,
  };
  const connection: ExchangeConnection = {
    ...{ name: "made", place: "exchange made", pageRows: 20, timeframes: ["5m"] },
    symbols: async () => ["A/B"],
    symbol: async (named) => named,
    isOpenEnded: () => !windowed,
    rows: async ({ since, limit }) => {
      asked++;
      if (hiccupEvery !== null && asked % hiccupEvery === 0) return { rows: [], heard };
      const first = bars.filter((bar) => at(bar) >= since && (!windowed || at(bar) < since + limit * BAR));
      const found = first.slice(0, Math.min(limit, mostRows));
      const before = bars.filter((bar) => at(bar) < since).slice(overlaps ? -1 : bars.length);
      const all = [...before, ...found, ...(stutters ? found.slice(-1) : [])];
      return { rows: all.map(row), heard };
    },
  };
  return { connection, asked: () => asked };
}

const habits = fc.record({
  has: fc.array(fc.boolean(), { minLength: BARS, maxLength: BARS }),
  mostRows: fc.integer({ min: 1, max: 30 }),
  windowed: fc.boolean(),
  stutters: fc.boolean(),
  overlaps: fc.boolean(),
  hiccupEvery: fc.constantFrom(null, 2, 3),
  clockOff: fc.constantFrom(null, 0, 5 * BAR, -3 * BAR, -1),
});
const span = fc.record({
  from: fc.integer({ min: -5, max: BARS }),
  to: fc.oneof(fc.constant(null), fc.integer({ min: 0, max: BARS + 5 })),
  now: fc.integer({ min: 0, max: (BARS + 5) * BAR }),
  pageRows: fc.integer({ min: 1, max: 25 }),
});

describe("pages of an exchange", () => {
  it("hold every closed bar of the span once, whatever the habits of the exchange, and come to an end", async () => {
    await fc.assert(
      fc.asyncProperty(habits, span, async (its, { from, to, now: after, pageRows }) => {
        const now = START + after;
        const { connection, asked } = exchangeWith(its, now);
        const source = exchangeSource(connection, { now, pageRows });
        const range = {
          symbol: "A/B",
          timeframe: "5m",
          from: at(from),
          ...(to === null ? {} : { to: at(to) }),
        };
        const opens: number[] = [];
        const kinds = new Set<string>();
        for (let cursor: string | null | undefined; cursor !== null;) {
          const page = await source.read({ ...range, ...(cursor === undefined ? {} : { cursor }) });
          opens.push(...page.series.openTime);
          for (const { kind } of page.findings) kinds.add(kind);
          cursor = page.cursor;
          expect(asked()).toBeLessThan(400);
        }
        const closedBy = now + Math.min(0, its.clockOff ?? 0);
        const wanted = its.has.flatMap((there, bar) =>
          there && bar >= from && (to === null || bar < to) && at(bar + 1) <= closedBy ? [at(bar)] : [],
        );
        expect(opens).toEqual(wanted);
        for (const kind of kinds)
          expect(["duplicate-equal", "forming-bar", "future-stamp", "missing-bars", "frozen-run"]).toContain(
            kind,
          );
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
