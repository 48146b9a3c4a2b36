import { beforeAll, describe, expect, it } from "vitest";
import type { Memory, Pattern } from "../memory/memory.ts";
import { ramMemory } from "../memory/ram-memory.ts";
import { contextRow } from "../testing/context-row.ts";
import { DIM, HOUR, SERIES, somePatterns, T0 } from "../testing/some-patterns.ts";
import { firstOutcome, outcomeAsOf } from "./outcome.ts";

const memory: Memory = ramMemory({ tenant: "default", encoderVersion: "v1", dim: DIM });
const anchors = Float64Array.of(T0);
let pattern: Pattern;
let pending: Pattern;

beforeAll(async () => {
  await memory.put(somePatterns(2));
  for (const [hours, value] of [
    [4, 1],
    [10, 2],
    [20, 3],
  ] as const)
    await memory.label({ series: SERIES, anchors, columns: contextRow("4h", T0 + hours * HOUR, value) });
  pattern = (await memory.at(SERIES, T0, Infinity))!;
  pending = (await memory.at(SERIES, T0 + HOUR, Infinity))!;
});

describe("what followed a moment", () => {
  const known = async (hours: number): Promise<number | null | undefined> =>
    (await outcomeAsOf(memory, pattern, "4h", T0 + hours * HOUR))?.return;

  it("is told as it was known by then", async () => {
    expect(await known(4)).toBe(1);
    expect(await known(9.9)).toBe(1);
    expect(await known(10)).toBe(2);
    expect(await known(20)).toBe(3);
    expect(await known(Infinity)).toBe(3);
  });

  it("is told as it was first known where that came later, though a correction has come since", async () => {
    expect(await known(0)).toBe(1);
    expect((await firstOutcome(memory, pattern, "4h"))!.return).toBe(1);
  });

  it("is nothing while it is pending, and for another horizon", async () => {
    expect(await firstOutcome(memory, pending, "4h")).toBeNull();
    expect(await outcomeAsOf(memory, pattern, "8h", Infinity)).toBeNull();
  });
});
