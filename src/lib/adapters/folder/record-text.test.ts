import { describe, expect, it } from "vitest";
import { Ledger, columnsOf } from "../../recall/ledger.ts";
import { RECORD_SCHEMA, type Column, type RecallRecord } from "../../recall/record-type.ts";
import { RecordText } from "./record-text.ts";

const EMPTY: RecallRecord = {
  ...{
    schema: RECORD_SCHEMA,
    tenant: "default",
    horizon: "4h",
    among: "all",
    stride: 12,
    seen: 0,
    through: null,
  },
  series: { source: "file", symbol: 'A"B', timeframe: "5m" },
  encoder: { version: "v1", knownAt: 5 },
  ...columnsOf(new Ledger(0)),
};

const withRows = (rows: number, matured: number): RecallRecord => {
  const column = (width: number, seed: number): Column =>
    Array.from({ length: rows * width }, (_, i) => (i % 5 === seed % 5 ? null : i / 7 + seed));
  const named = <T extends object>(of: T, width: number): T =>
    Object.fromEntries(Object.keys(of).map((name, i) => [name, column(width, i)])) as T;
  const pending = <T extends readonly unknown[]>(of: T): T =>
    of.map((one, i) => (i < matured ? one : null)) as unknown as T;
  return {
    ...{ ...EMPTY, seen: rows * 12, through: rows, members: { "A of file": rows } },
    ...{ moments: named(EMPTY.moments, 1), matureAt: pending(column(1, 3)) },
    ...{ outcomes: { ...named(EMPTY.outcomes, 1), return: pending(column(1, 2)) } },
    ...{ raw: named(EMPTY.raw, 7), calibrated: named(EMPTY.calibrated, 7) },
  };
};

describe("the text of a record that grows", () => {
  it.each([
    [
      "goes on row by row while outcomes are filled in",
      [
        [1, 0],
        [2, 0],
        [3, 1],
        [3, 2],
        [9, 9],
      ],
    ],
    [
      "stays as it is",
      [
        [4, 2],
        [4, 2],
      ],
    ],
    [
      "begins anew",
      [
        [6, 6],
        [2, 1],
        [0, 0],
        [1, 1],
      ],
    ],
  ] as const)("is that of JSON.stringify where it %s", (_, steps) => {
    const text = new RecordText();
    for (const [rows, matured] of steps) {
      const record = withRows(rows, matured);
      expect(text.of(record)).toBe(JSON.stringify(record));
    }
  });

  it("tells a zero from one that JSON would lose, and keeps neither", () => {
    const text = new RecordText();
    const first = { ...EMPTY, matureAt: [0, 1] };
    const then = { ...EMPTY, matureAt: [-0, 1, 2] };
    expect([text.of(first), text.of(then)]).toEqual([JSON.stringify(first), JSON.stringify(then)]);
  });
});
