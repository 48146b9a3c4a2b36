import * as fc from "fast-check";
import { expect } from "vitest";
import { LABELS } from "../context/context.ts";
import { RhymeError } from "../errors.ts";
import type { LabelBatch, Memory, PatternBatch, Pool, Query } from "../memory/memory.ts";

// Random courses of calls on a memory, small enough that they meet: few series, anchors, horizons and vectors.

const DIM = 4;
const SERIES = [
  { source: "a", symbol: "X", timeframe: "5m" },
  { source: "b", symbol: "X", timeframe: "5m" },
  { source: "a", symbol: "Y", timeframe: "5m" },
  { source: "a", symbol: "X", timeframe: "1h" },
] as const;
const HORIZONS = ["4h", "1d"] as const;
const LENGTH = { "4h": 3, "1d": 7 } as const;

export type Operation =
  | { readonly kind: "put"; readonly batch: PatternBatch }
  | { readonly kind: "label"; readonly batch: LabelBatch }
  | { readonly kind: "query"; readonly query: Query }
  | { readonly kind: "matured"; readonly of: Parameters<Memory["matured"]>[0] }
  | { readonly kind: "look"; readonly series: number; readonly at: number; readonly asOf: number }
  | { readonly kind: "delete"; readonly series: number; readonly id: boolean; readonly at: number }
  | { readonly kind: "rebuild" }
  | { readonly kind: "reopen" };

/** Most calls meet in the first series. */
const seriesIndex = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: SERIES.length - 1 }));
const instant = fc.integer({ min: 0, max: 40 });
const anchor = fc.integer({ min: 0, max: 20 });
const ascending = (list: readonly number[]): Float64Array => Float64Array.from(list).sort();
const few = fc.uniqueArray(anchor, { minLength: 1, maxLength: 4 }).map(ascending);
const many = fc.uniqueArray(anchor, { minLength: 10, maxLength: 21 }).map(ascending);
const all = fc.constant(Float64Array.from({ length: 21 }, (_, i) => i));
const horizon = fc.constantFrom(...HORIZONS);

/** A number that is a function of what it belongs to, so that most repetitions agree; `twist` makes one differ. */
function fixed(a: number, b: number, twist: number): number {
  return ((a * 7 + b * 13 + twist * 5) % 11) - 5;
}

/** As `fixed`; what is known `later` differs from it, for some anchors in one label. */
function corrected(anchorAt: number, l: number, twist: number, later: number): number {
  const differs = later > 0 && l === 2 && anchorAt % 3 !== later % 3;
  return fixed(anchorAt, l, twist) + (differs ? later : 0);
}

function putOf(series: fc.Arbitrary<number>, anchors: fc.Arbitrary<Float64Array>): fc.Arbitrary<Operation> {
  return fc
    .record({
      series,
      anchors,
      twist: rarely(),
    })
    .map(({ series: s, anchors: at, twist }): Operation => ({
      kind: "put",
      batch: {
        series: SERIES[s]!,
        anchors: at,
        vectors: Float32Array.from({ length: at.length * DIM }, (_, i) =>
          i % DIM === 0
            ? 1
            : fixed(at[Math.floor(i / DIM)]!, i % DIM, i === at.length * DIM - 1 ? twist : 0) % 3,
        ),
        atrNow: at.map((t) => (t % 5 === 0 ? NaN : 0.01 * (t + 1))),
        base: {
          "4h": at.map((t) => (t % 4 === 0 ? NaN : fixed(t, 1, 0) + 0.1)),
          ...(s === 0 ? { "1d": at.map((t) => t) } : {}),
        },
        revision: 0,
        lineage: { dataHash: `d${s}`, designHash: "g", encoderVersion: "v1" },
      },
    }));
}

const label = fc
  .record({
    series: seriesIndex,
    anchors: fc.oneof(all, few, few),
    horizon,
    twist: rarely(),
    pending: instant,
    later: fc.constantFrom(0, 0, 0, 5, 9),
  })
  .map(({ series, anchors: at, horizon: h, twist, pending, later }): Operation => ({
    kind: "label",
    batch: {
      series: SERIES[series]!,
      anchors: at,
      columns: {
        horizon: h,
        state: Uint8Array.from(at, (t) => (t > pending ? 0 : t % 9 === 8 ? 2 : 1)),
        matureAt: at.map((t) => t + LENGTH[h] + (t % 6 === 0 ? 2 : 0) + later),
        crossesClose: Uint8Array.from(at, (t) => t % 2),
        values: Object.fromEntries(
          LABELS.map((l, n) => [
            l,
            at.map((t, i) => ((t + n) % 8 === 0 ? NaN : corrected(t, n, i === 0 ? twist : 0, later) / 7)),
          ]),
        ) as LabelBatch["columns"]["values"],
        atrNow: at,
      },
    },
  }));

const pool: fc.Arbitrary<Pool> = fc.oneof(
  fc.constant({}),
  fc.record(
    {
      maturedBy: instant,
      apart: fc
        .record({ from: instant, length: fc.integer({ min: 1, max: 9 }) })
        .map(({ from, length }) => ({ from, to: from + length })),
    },
    { requiredKeys: [] },
  ),
);

const query = fc
  .record({
    vector: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: DIM - 1, maxLength: DIM - 1 }),
    ...{ pool, asOf: instant, horizon, k: fc.integer({ min: 1, max: 12 }), distinctEpisodes: fc.boolean() },
    among: fc.constantFrom<Query["among"]>(
      "all",
      "all",
      { symbols: ["X"] },
      { symbols: ["Y", "Z"] },
      { symbols: [] },
    ),
    timeframe: fc.constantFrom("5m", "5m", "1h"),
  })
  .map(({ vector, pool: among, ...rest }): Operation => ({
    kind: "query",
    query: { ...rest, ...among, vector: Float32Array.of(1, ...vector) },
  }));

const matured = fc
  .record({ pool, series: seriesIndex, horizon, asOf: instant, limit: fc.integer({ min: 1, max: 9 }) })
  .map(({ series, pool: among, ...rest }): Operation => ({
    kind: "matured",
    of: { ...rest, ...among, series: SERIES[series]! },
  }));

function rarely(): fc.Arbitrary<number> {
  return fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1);
}

/** Courses of up to 40 calls on a memory that has the first series. */
export function operations(): fc.Arbitrary<Operation[]> {
  const look = fc.record({
    kind: fc.constant("look" as const),
    series: seriesIndex,
    at: instant,
    asOf: fc.oneof(instant, fc.constant(Infinity)),
  });
  const remove = fc.record({
    kind: fc.constant("delete" as const),
    series: seriesIndex,
    id: fc.boolean(),
    at: instant,
  });
  const rebuild = fc.constant({ kind: "rebuild" } as const);
  const reopen = fc.constant({ kind: "reopen" } as const);
  const weights = [
    ...[
      { arbitrary: putOf(seriesIndex, fc.oneof(all, many, few)), weight: 6 },
      { arbitrary: label, weight: 6 },
      { arbitrary: query, weight: 8 },
    ],
    ...[
      { arbitrary: matured, weight: 2 },
      { arbitrary: look, weight: 3 },
      { arbitrary: remove, weight: 2 },
    ],
    ...[
      { arbitrary: rebuild, weight: 1 },
      { arbitrary: reopen, weight: 1 },
    ],
  ] as { arbitrary: fc.Arbitrary<Operation>; weight: number }[];
  const calls = fc.array(fc.oneof(...weights), { minLength: 5, maxLength: 40, size: "max" });
  return fc.tuple(putOf(fc.constant(0), all), calls).map(([first, rest]) => [first, ...rest]);
}

/** Does it and returns all that a caller could see of it; a refusal as its kind. */
export async function perform(
  memory: Memory,
  operation: Exclude<Operation, { kind: "reopen" }>,
): Promise<unknown> {
  try {
    return await call(memory, operation);
  } catch (error) {
    if (error instanceof RhymeError) return { refused: error.kind };
    throw error;
  }
}

async function call(memory: Memory, operation: Exclude<Operation, { kind: "reopen" }>): Promise<unknown> {
  switch (operation.kind) {
    case "put":
      return memory.put(operation.batch);
    case "label":
      return memory.label(operation.batch);
    case "query":
      return [
        await memory.query(operation.query),
        await memory.queryColumns(operation.query),
        await memory.countMatured(operation.query),
      ];
    case "matured":
      return memory.matured(operation.of);
    case "look": {
      const { series, at, asOf } = operation;
      const pattern = await memory.at(SERIES[series]!, at, asOf);
      return [
        pattern,
        pattern && [await memory.get(pattern.id, asOf), await memory.get(pattern.id, at)],
        await memory.anchors(SERIES[series]!),
        await memory.count(),
      ];
    }
    case "delete": {
      const series = SERIES[operation.series]!;
      if (!operation.id) return memory.delete({ series });
      const pattern = await memory.at(series, operation.at, Infinity);
      return memory.delete({
        ids: pattern ? [pattern.id, pattern.id] : ["no id", "00000000-0000-0000-0000-000000000000"],
      });
    }
    case "rebuild":
      return memory.rebuild();
    default:
      return operation satisfies never;
  }
}

/** Equal in everything a caller can see; −0 is 0. */
export function expectSame(actual: unknown, expected: unknown): void {
  expect(positiveZeros(actual)).toEqual(positiveZeros(expected));
}

function positiveZeros(value: unknown): unknown {
  if (typeof value === "number") return value + 0;
  if (value === null || typeof value !== "object") return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, (x) => x + 0);
  if (Array.isArray(value)) return value.map(positiveZeros);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, positiveZeros(inner)]));
}
