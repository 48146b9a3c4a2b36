import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bitEqual } from "../testing/matchers.ts";
import { assembleRows, quietRows, type RawRow } from "../testing/raw-rows.ts";
import type { AssembledCandles } from "./assemble-candles.ts";
import { isStandingError, severityOf } from "./finding.ts";
import { REPAIRABLE_KINDS } from "./repairs.ts";

const COLUMNS = ["openTime", "closeTime", "knownAt", "open", "high", "low", "close", "volume"] as const;

/** What may happen to a row of a quiet market. */
const damage = fc.oneof(
  { weight: 30, arbitrary: fc.constant("none" as const) },
  fc.constantFrom(
    ...([
      "gap",
      "twice",
      "other",
      "late",
      "lost",
      "all lost",
      "zero",
      "crossed",
      "volume",
      "off grid",
    ] as const),
  ),
);

function damaged(row: RawRow, how: string): RawRow[] {
  const [slot, o, h, l, c, v] = row;
  const point = (price: number): number => Math.round(price * 1000);
  if (how === "gap") return [];
  if (how === "twice") return [row, row];
  if (how === "other") return [row, [slot, o, h * 1.01, l, c, v]];
  if (how === "lost") return [[slot, o, point(h), l, c, v]];
  if (how === "all lost") return [[slot, point(o), point(h), point(l), point(c), v]];
  if (how === "zero") return [[slot, o, h, 0, c, v]];
  if (how === "crossed") return [[slot, o, l, h, c, v]];
  if (how === "volume") return [[slot, o, h, l, c, -v]];
  if (how === "off grid") return [[slot + 0.5, o, h, l, c, v]];
  return [row];
}

/** Damaged rows of `count` bars, the late ones further down. */
function rowsOf(damages: readonly string[], from = 0): RawRow[] {
  const quiet = quietRows(damages.length, 1.05, from);
  const rows = quiet.flatMap((row, i) => damaged(row, damages[i]!));
  damages.forEach((how, i) => {
    if (how !== "late") return;
    const at = rows.indexOf(quiet[i]!);
    rows.splice(Math.min(at + 7, rows.length - 1), 0, ...rows.splice(at, 1));
  });
  return rows;
}

/** Rows that could stand in no market. */
const wild = fc.constantFrom(0, -1, NaN, Infinity, 1e-300, 1, 1.05, 1053, 1e9, 1e300);
const garbage = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), wild, wild, wild, wild, wild), {
  maxLength: 40,
});

const damages = fc.array(damage, { minLength: 30, maxLength: 90 });
const repair = fc.constantFrom([], REPAIRABLE_KINDS);

function expectPrefix(part: AssembledCandles, whole: AssembledCandles): void {
  const N = part.series.openTime.length;
  for (const column of COLUMNS)
    expect(bitEqual(part.series[column], whole.series[column].slice(0, N)), column).toBe(true);
}

describe("assembleCandles", () => {
  it("decides about earlier rows without any later one, also where these are garbage or another market", () => {
    fc.assert(
      fc.property(
        damages,
        damages,
        garbage,
        repair,
        fc.constantFrom(0, 1, 2),
        (past, next, junk, repairs, kind) => {
          const before = rowsOf(past);
          const futures = [
            () => rowsOf(next, past.length),
            () => junk.map(([slot, ...rest]): RawRow => [past.length + slot, ...rest]),
            () => quietRows(3 * past.length, 1053, past.length),
          ];
          const later = futures[kind]!();
          const options = { repair: repairs };
          expectPrefix(assembleRows(before, options), assembleRows([...before, ...later], options));
          expectPrefix(assembleRows(before, options), assembleRows([...later, ...before], options));
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it("keeps every row or counts it in exactly one finding that dropped or merged it", () => {
    fc.assert(
      fc.property(damages, garbage, repair, (past, junk, repairs) => {
        const rows = [...rowsOf(past), ...junk];
        const { series, rows: kept, findings } = assembleRows(rows, { repair: repairs });
        const gone = findings.filter(({ done }) => done === "dropped" || done === "merged");
        expect(series.close.length + gone.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
        expect(new Set(kept).size).toBe(series.close.length);
        for (const finding of findings.filter(({ done }) => done === "repaired"))
          expect([severityOf(finding), isStandingError(finding), typeof finding.rule]).toEqual([
            "error",
            false,
            "string",
          ]);
      }),
      { seed: 1, numRuns: 250 },
    );
  });

  it("repairs nothing more in a series that it repaired", () => {
    fc.assert(
      fc.property(damages, (past) => {
        const { series } = assembleRows(rowsOf(past), { repair: REPAIRABLE_KINDS });
        const rows = Array.from(series.openTime, (t, i): RawRow => [
          t / 300_000,
          series.open[i]!,
          series.high[i]!,
          series.low[i]!,
          series.close[i]!,
          series.volume[i]!,
        ]);
        const again = assembleRows(rows, { repair: REPAIRABLE_KINDS });
        expectPrefix(again, { ...again, series });
        expect(again.findings.filter(({ done }) => done === "repaired")).toEqual([]);
      }),
      { seed: 1, numRuns: 150 },
    );
  });
});
