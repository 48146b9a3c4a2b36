import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RhymeError } from "../errors.ts";
import type { Memory, PatternBatch, Query } from "../memory/memory.ts";
import { patternId } from "../memory/pattern-id.ts";
import { refusal } from "./refusal.ts";
import { followsTheReference, type MakeHost, type MemoryHost } from "./memory-model.ts";
import { revisionContract } from "./revision-contract.ts";
import { ask, DIM, HOUR, SERIES, someContexts, somePatterns, T0 } from "./some-patterns.ts";

/** What every Memory promises; run it against each kind of store. */
export function memoryContract(name: string, host: MakeHost, runs = 120): void {
  describe(`the memory contract, kept by ${name}`, () => {
    let at: MemoryHost;
    let memory: Memory;
    beforeEach(async () => {
      at = await host();
      memory = at.open("default", "v1", DIM);
    });
    afterEach(() => at.end());

    const filled = async (count = 20): Promise<PatternBatch> => {
      const batch = somePatterns(count);
      await memory.put(batch);
      await memory.label(someContexts(batch));
      return batch;
    };

    it("counts a second put and a second label as unchanged, and answers as before", async () => {
      const batch = await filled();
      const before = await memory.query(ask());
      expect(await memory.put(batch)).toEqual({ written: 0, unchanged: 20 });
      expect(await memory.label(someContexts(batch))).toEqual({ written: 0, revised: 0, unchanged: 20 });
      expect(await memory.count()).toBe(20);
      expect(await memory.query(ask())).toEqual(before);
    });

    it("refuses another vector for a stored id, and writes nothing of that batch", async () => {
      await filled(5);
      const other = somePatterns(8);
      other.vectors[4 * DIM] = 9;
      expect((await refusal(memory.put(other))).kind).toBe("mismatch");
      expect(await memory.count()).toBe(5);
    });

    it("refuses another value for a context known at that instant or before, and writes nothing of that batch", async () => {
      const batch = somePatterns(6);
      await memory.put(batch);
      const labels = someContexts(batch);
      labels.columns.state.fill(0, 3);
      await memory.label(labels);
      const other = someContexts(batch);
      other.columns.values.rvi[2] = 0.5;
      expect((await refusal(memory.label(other))).message).toContain("rvi");
      expect(await memory.query(ask())).toHaveLength(3);
      const moved = someContexts(batch, 3);
      const error = await refusal(memory.label(moved));
      expect(error.message).toMatch(/known after 2024-01-01T04:00/);
    });

    it("refuses to label an anchor that has no pattern", async () => {
      await filled(3);
      const labels = someContexts(somePatterns(4));
      labels.columns.state.fill(0, 0, 3); // pending ones may be unknown
      expect((await refusal(memory.label(labels))).kind).toBe("input");
    });

    it("shows a pattern without its context until it has matured, and never to a query", async () => {
      const batch = somePatterns(4);
      await memory.put(batch);
      expect(await memory.query(ask())).toEqual([]);
      expect((await memory.at(SERIES, T0, Infinity))?.contexts).toEqual({});
      const labels = someContexts(batch);
      labels.columns.state.set([1, 0, 2, 1]);
      expect(await memory.label(labels)).toEqual({ written: 2, revised: 0, unchanged: 0 });
      const anchors = (await memory.query(ask())).map((n) => n.anchor);
      expect(anchors.sort((a, b) => a - b)).toEqual([T0, T0 + 3 * HOUR]);
    });

    it("sees nothing that matured after asOf, to the millisecond", async () => {
      await filled();
      const ripe = T0 + 7 * HOUR + 4 * HOUR;
      const seen = await memory.query(ask({ asOf: ripe, k: 100 }));
      expect(seen).toHaveLength(8);
      expect(await memory.query(ask({ asOf: ripe - 1, k: 100 }))).toHaveLength(7);
      expect(await memory.countMatured({ ...ask(), asOf: ripe - 1 })).toBe(7);
      expect(seen.every((n) => n.matureAt <= ripe)).toBe(true);
    });

    it("answers a question about the past the same whatever came later", async () => {
      await filled();
      const asOf = T0 + 15 * HOUR;
      const past = async (): Promise<unknown> => [
        await memory.query(ask({ asOf })),
        await memory.query(ask({ asOf, distinctEpisodes: true })),
        await memory.queryColumns(ask({ asOf })),
        await memory.matured({ series: SERIES, horizon: "4h", asOf, limit: 5 }),
        await memory.countMatured({ ...ask(), asOf }),
      ];
      const before = await past();
      const later = somePatterns(300, {
        seed: 5,
        anchors: Float64Array.from({ length: 300 }, (_, i) => T0 + (i + 20) * HOUR),
      });
      later.vectors.fill(1e30);
      await memory.put(later);
      await memory.label(someContexts(later));
      expect(await past()).toEqual(before);
    });

    it("throws without asOf or horizon, also from code without types", async () => {
      await filled(3);
      const untyped = (left: Partial<Query>): Query => ({ ...ask(), ...left });
      for (const asOf of [undefined, null, NaN, Infinity, "2024-01-01", new Date()])
        for (const call of ["query", "queryColumns", "countMatured"] as const) {
          const error = await refusal(memory[call](untyped({ asOf } as never)));
          expect(error.fields.place).toBe("query.asOf");
        }
      for (const horizon of [undefined, "", "4 h", 4])
        await refusal(memory.query(untyped({ horizon } as never)));
      for (const k of [0, -1, 1.5, NaN, "3"]) await refusal(memory.query(untyped({ k } as never)));
      await refusal(memory.query(untyped({ among: undefined as never })));
      await refusal(memory.query(untyped({ among: "same" as never })));
      await refusal(memory.matured({ series: SERIES, horizon: "4h", limit: 4 } as never));
      await refusal(memory.query(undefined as never));
    });

    it("refuses a vector of another size by both sizes", async () => {
      const error = await refusal(memory.query(ask({ vector: new Float32Array(64).fill(1) })));
      expect(error.message).toContain("embedding has 64 values, index expects 4");
      await refusal(memory.put(somePatterns(2, { vectors: new Float32Array(2 * 64).fill(1) })));
      expect(() => at.open("default", "v1", 0)).toThrow(RhymeError);
    });

    it("refuses vectors that have no direction, columns that do not fit and anchors out of order", async () => {
      for (const value of [NaN, Infinity, 0]) {
        const batch = somePatterns(2);
        batch.vectors.fill(value, 0, DIM);
        await refusal(memory.put(batch));
      }
      await refusal(memory.put(somePatterns(2, { atrNow: new Float64Array(1) })));
      await refusal(memory.put(somePatterns(2, { anchors: Float64Array.of(T0, T0) })));
      await refusal(memory.put(somePatterns(2, { anchors: Float64Array.of(T0, T0 + 0.5) })));
      await refusal(
        memory.put(somePatterns(2, { lineage: { dataHash: "", designHash: "", encoderVersion: "v2" } })),
      );
      const early = somePatterns(2);
      await memory.put(early);
      await refusal(memory.label(someContexts(early, 0)));
      expect(await memory.count()).toBe(2);
    });

    it("keeps tenants and encoder versions apart", async () => {
      const batch = await filled(5);
      const others = [at.open("other", "v1", DIM), at.open("default", "v2", DIM)];
      for (const other of others) {
        expect(await other.count()).toBe(0);
        expect(await other.query(ask())).toEqual([]);
        const id = patternId({
          tenant: "default",
          encoderVersion: "v1",
          series: SERIES,
          anchor: T0,
          revision: 0,
        });
        expect((await memory.get(id, Infinity))?.anchor).toBe(T0);
        expect(await other.get(id, Infinity)).toBeNull();
        expect(await other.at(SERIES, T0, Infinity)).toBeNull();
        expect(await other.delete({ ids: [id] })).toBe(0);
        expect(await other.delete({ series: SERIES })).toBe(0);
      }
      expect(await others[0]!.put(batch)).toEqual({ written: 5, unchanged: 0 });
      expect(await others[0]!.query(ask())).toEqual([]);
      expect(await memory.query(ask())).toHaveLength(5);
    });

    it("refuses names that no tenant, encoder, source or symbol may have, before anything is made", async () => {
      for (const tenant of ["", "a b", "a/b", "é", "x".repeat(65)])
        expect(() => at.open(tenant, "v1", DIM)).toThrow(RhymeError);
      for (const version of ["", "v-1", "v.1", "x".repeat(65)])
        expect(() => at.open("default", version, DIM)).toThrow(RhymeError);
      for (const symbol of ["", "a\nb", "a\u0000", " a", "x".repeat(65), "\u202e"])
        await refusal(memory.put(somePatterns(1, { series: { ...SERIES, symbol } })));
      await refusal(memory.put(somePatterns(1, { series: { ...SERIES, timeframe: "60m" } })));
      expect(
        await memory.put(somePatterns(1, { series: { ...SERIES, symbol: "S&P 500 ∆/€" } })),
      ).toMatchObject({ written: 1 });
    });

    it("refuses a moment as it was revised later, which would answer before it was known", async () => {
      await filled(3);
      await refusal(memory.put(somePatterns(3, { seed: 9, revision: 1 })));
      expect(await memory.count()).toBe(3);
    });

    it("adds base forecasts for horizons that a stored pattern has none for", async () => {
      const batch = await filled(3);
      await memory.put({
        ...batch,
        base: { "4h": new Float64Array(3).fill(5), "1d": Float64Array.of(1, NaN, 3) },
      });
      const patterns = await Promise.all([...batch.anchors].map((t) => memory.at(SERIES, t, Infinity)));
      expect(patterns.map((p) => p!.base["1d"])).toEqual([1, undefined, 3]);
      expect(patterns.map((p) => p!.base["4h"])).toEqual([...batch.base["4h"]!]);
    });

    it("thins the matured past by a power of two that leaves at most the limit, and no more than it must", async () => {
      await filled(11);
      const used = async (limit: number, asOf = T0 + 99 * HOUR): Promise<number[]> => {
        const { anchor } = await memory.matured({ series: SERIES, horizon: "4h", asOf, limit });
        return Array.from(anchor, (t) => (t - T0) / HOUR);
      };
      expect(await used(11)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(await used(10)).toEqual([0, 2, 4, 6, 8, 10]);
      expect(await used(5)).toEqual([0, 4, 8]);
      expect(await used(1)).toEqual([0]);
      expect(await used(4, T0 + 11 * HOUR)).toEqual([0, 2, 4, 6]);
    });

    it("shows at once what this process writes after a question was asked", async () => {
      const batch = await filled(3);
      const bases = async (): Promise<number[]> =>
        (await memory.query(ask({ horizon: "1d" }))).map((n) => n.base);
      expect(await bases()).toEqual([]);
      const { columns } = someContexts(batch);
      await memory.label({ ...batch, columns: { ...columns, horizon: "1d" } });
      expect(await bases()).toEqual([NaN, NaN, NaN]);
      await memory.put({ ...batch, base: { "1d": new Float64Array(3).fill(7) } });
      expect(await bases()).toEqual([7, 7, 7]);
      const id = (await memory.query(ask({ k: 1 })))[0]!.id;
      expect(await memory.delete({ ids: [id, id] })).toBe(1);
      expect((await memory.query(ask())).map((n) => n.id)).not.toContain(id);
      expect(await bases()).toEqual([7, 7]);
      expect(await memory.put(batch)).toEqual({ written: 1, unchanged: 2 });
      expect((await memory.get(id, Infinity))?.contexts).toEqual({});
    });

    revisionContract(() => memory);

    it("does as the plain reference does, through any course of puts, labels, questions, deletions and reopenings", async () => {
      expect(await followsTheReference(host, runs)).toBeGreaterThan(runs);
    });
  });
}
