import { expect, it } from "vitest";
import { LABELS, type Context } from "../context/context.ts";
import type { LabelBatch, Memory, Neighbour, PatternBatch } from "../memory/memory.ts";
import { refusal } from "./refusal.ts";
import { ask, HOUR, SERIES, someContexts, somePatterns, T0 } from "./some-patterns.ts";

/** When the corrections of these tests were known. */
const CORRECTED = T0 + 500 * HOUR;
const AGAIN = T0 + 700 * HOUR;

/** The outcomes of a batch with other values for every second anchor, all of them known at `at`. */
function corrected(batch: PatternBatch, at: number, seed: number): LabelBatch {
  const { columns } = someContexts(batch);
  const other = someContexts(batch, 4, seed).columns;
  for (const label of LABELS)
    for (let i = 0; i < batch.anchors.length; i += 2) columns.values[label][i] = other.values[label][i]!;
  return { ...batch, columns: { ...columns, matureAt: batch.anchors.map(() => at) } };
}

const byAnchor = (found: readonly Neighbour[]): Neighbour[] => found.toSorted((a, b) => a.anchor - b.anchor);
const valuesAt = ({ columns }: LabelBatch, i: number): unknown =>
  LABELS.map((label) => (Number.isNaN(columns.values[label][i]!) ? null : columns.values[label][i]!));
const shown = (context: Context): unknown => LABELS.map((label) => context[label]);

/** What a Memory promises about outcomes that a correction changed; part of its contract. */
export function revisionContract(memory: () => Memory): void {
  const batch = somePatterns(10);
  const first = someContexts(batch);
  const second = corrected(batch, CORRECTED, 77);
  const revised = async (): Promise<void> => {
    await memory().put(batch);
    await memory().label(first);
    expect(await memory().label(second)).toEqual({ written: 0, revised: 5, unchanged: 5 });
  };
  const all = async (asOf: number): Promise<Neighbour[]> =>
    byAnchor(await memory().query(ask({ asOf, k: 99 })));

  it("keeps what a correction made of an outcome beside the first, known from its own instant", async () => {
    await revised();
    for (const [asOf, label] of [
      [CORRECTED - 1, first],
      [CORRECTED, second],
    ] as const) {
      // prettier-ignore
      const found = await all(asOf);
      expect(found.map(({ context }) => shown(context))).toEqual(found.map((_, i) => valuesAt(label, i)));
      expect(found.map((n) => n.matureAt)).toEqual([...first.columns.matureAt]);
      const known = found.map((_, i) =>
        label === second && i % 2 === 0 ? CORRECTED : first.columns.matureAt[i],
      );
      expect(found.map((n) => n.context.matureAt)).toEqual(known);
      const { values, matureAt } = await memory().matured({ series: SERIES, horizon: "4h", asOf, limit: 99 });
      for (const name of LABELS) expect(values[name], name).toEqual(label.columns.values[name]);
      expect(matureAt).toEqual(first.columns.matureAt);
      const { residual } = await memory().queryColumns(ask({ asOf, k: 99 }));
      const ratios = found.map((n) => n.context.logAtrRatio! - n.base);
      expect(residual.toSorted()).toEqual(Float64Array.from(ratios).sort());
      const one = await memory().at(SERIES, T0, asOf);
      expect(shown(one!.contexts["4h"]!)).toEqual(valuesAt(label, 0));
      expect(one!.matureAt).toEqual({ "4h": first.columns.matureAt[0] });
      expect(await memory().get(one!.id, asOf)).toEqual(one);
      expect(await memory().countMatured(ask({ asOf }))).toBe(10);
    }
  });

  it("takes the same labels again, in any portion, as unchanged, and an outcome that goes back as a third fact", async () => {
    await revised();
    const back = { ...first, columns: { ...first.columns, matureAt: batch.anchors.map(() => AGAIN) } };
    expect(await memory().label(back)).toEqual({ written: 0, revised: 5, unchanged: 5 });
    const before = [await all(CORRECTED), await all(AGAIN)];
    for (const label of [second, first, back, second])
      expect(await memory().label(label)).toEqual({ written: 0, revised: 0, unchanged: 10 });
    expect([await all(CORRECTED), await all(AGAIN)]).toEqual(before);
    expect(before[1]!.map((n) => n.context.matureAt === AGAIN)).toEqual(
      before[1]!.map((_, i) => i % 2 === 0),
    );
  });

  it("refuses other values for an instant that is told, or before the newest, and writes nothing of that batch", async () => {
    await revised();
    const before = [await all(CORRECTED - 1), await all(AGAIN)];
    for (const at of [CORRECTED, CORRECTED - 1, T0 + 100 * HOUR]) {
      const error = await refusal(memory().label(corrected(batch, at, 5)));
      expect(error.kind).toBe("mismatch");
    }
    expect([await all(CORRECTED - 1), await all(AGAIN)]).toEqual(before);
  });

  it("counts episodes, spans and maturity by the first outcome, however late it was corrected", async () => {
    await revised();
    const apart = { from: T0 + 4 * HOUR, to: T0 + 5 * HOUR };
    const pool = { asOf: AGAIN, apart, maturedBy: T0 + 11 * HOUR };
    const found = byAnchor(await memory().query(ask({ ...pool, k: 99 })));
    expect(found.map((n) => (n.anchor - T0) / HOUR)).toEqual([0, 5, 6, 7]);
    expect(found.map((n) => n.context.matureAt === CORRECTED)).toEqual([true, false, true, false]);
    expect(await memory().countMatured(ask(pool))).toBe(4);
    const { anchor } = await memory().matured({ ...pool, series: SERIES, horizon: "4h", limit: 99 });
    expect([...anchor]).toEqual(found.map((n) => n.anchor));
    const episodes = await memory().query(ask({ asOf: AGAIN, k: 99, distinctEpisodes: true }));
    expect(episodes.length).toBeGreaterThan(1);
    const early = await memory().query(ask({ asOf: T0 + 5 * HOUR, maturedBy: AGAIN, k: 99 }));
    expect(early).toHaveLength(2); // never more than by asOf
  });

  it("shows no pattern, no outcome and no correction to who asks before it, and asks everybody when", async () => {
    await revised();
    const id = (await memory().at(SERIES, T0 + 2 * HOUR, Infinity))!.id;
    expect(await memory().get(id, T0 + 2 * HOUR - 1)).toBeNull();
    expect((await memory().get(id, T0 + 2 * HOUR))?.contexts).toEqual({});
    expect((await memory().at(SERIES, Infinity, T0 + 2 * HOUR))?.anchor).toBe(T0 + 2 * HOUR);
    expect((await memory().at(SERIES, T0 + HOUR, Infinity))?.anchor).toBe(T0 + HOUR);
    for (const asOf of [undefined, null, NaN, "2024-01-01"] as unknown as number[]) {
      expect((await refusal(memory().get(id, asOf))).fields.place).toBe("get.asOf");
      expect((await refusal(memory().at(SERIES, T0, asOf))).fields.place).toBe("at.asOf");
    }
    for (const pool of [{ maturedBy: NaN }, { apart: { from: 2, to: 1 } }, { apart: { from: 1 } }]) {
      await refusal(memory().query(ask(pool as never)));
      await refusal(memory().countMatured(ask(pool as never)));
    }
  });
}
