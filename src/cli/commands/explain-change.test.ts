import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CandleSeries } from "../../lib/candles/candle-series.ts";
import { sliceRows } from "../../lib/candles/slice.ts";
import type { ChangeReport } from "../../lib/evaluation/changes/change-report.ts";
import { answerSchema, type Answer } from "../../lib/recall/answer.ts";
import { syntheticCandles } from "../../lib/testing/candles.ts";
import { runRhyme } from "../../lib/testing/run-rhyme.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { iso } from "../../lib/time/units.ts";
import { askFolder, withMemory } from "../ask-memory.ts";
import { explainAnswer } from "../explain-answer.ts";
import { createUi } from "../ui.ts";

// What was said stays said, as a user finds it: one memory, two corrections, the same questions before and after.

const ROW = 1_950;
const candles = syntheticCandles({ seed: 3, rows: 2_000, start: Date.UTC(2023, 6, 3), symbol: "S" });
const at = temporaryFolder();
const memory = path.join(at.path, "memory");
const rhyme = (...args: string[]) => runRhyme(at.path, ...args);

function csv(name: string, { openTime, open, high, low, close, volume }: CandleSeries): string {
  const rows = Array.from(openTime, (t, i) => [t, open[i], high[i], low[i], close[i], volume[i]].join());
  const file = path.join(at.path, name);
  writeFileSync(file, ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n"));
  return file;
}

const REMEMBER = ["--symbol", "S", "--timeframe", "5m", "--timeframes", "5m,30m,1h,4h", "--horizons", "1h"];
const remember = (file: string) => rhyme("remember", file, ...REMEMBER, "--memory", memory);
const ask = (row: number, ...more: string[]) =>
  rhyme(
    ...["ask", "--memory", memory, "--symbol", "S", "--horizon", "1h"],
    ...["--at", iso(candles.knownAt[row]!), ...more],
  );
const explain = (id: string, ...more: string[]) => rhyme("explain-change", id, "--memory", memory, ...more);
const answerOf = (text: string): Answer => answerSchema.parse(JSON.parse(text));

let before: { readonly answers: readonly string[]; readonly trust: string; readonly none: string };
let corrected: number; // when the first correction had arrived

beforeAll(() => {
  const { code, stderr } = remember(csv("S-5m.csv", candles));
  if (code !== 0) throw new Error(stderr);
  const answers = [ROW - 10, ROW].map((row) => ask(row, "--json").stdout);
  const trust = rhyme("trust", "--memory", memory, "--horizon", "1h", "--json").stdout;
  const none = explain(answerOf(answers[1]!).id, "--json").stdout;
  before = { answers, trust, none };
  const high = candles.high.map((x) => x * 1.02);
  remember(csv("fix.csv", sliceRows({ ...candles, high }, ROW - 5, ROW - 3)));
  corrected = Date.now();
  // of the time after the moment: no answer that was asked as of it rests on such a bar
  remember(csv("after.csv", sliceRows({ ...candles, high }, ROW + 30, ROW + 31)));
});
afterAll(() => at.remove());

describe("an answer, once given", () => {
  it("is given again to the byte after corrections arrived, and so is the record of all answers", () => {
    expect(ask(ROW - 10, "--json").stdout).toBe(before.answers[0]);
    expect(ask(ROW, "--json").stdout).toBe(before.answers[1]);
    expect(rhyme("trust", "--memory", memory, "--horizon", "1h", "--json").stdout).toBe(before.trust);
  });

  it("is another one where it is asked with what was known later, and says so", () => {
    const said = answerOf(before.answers[1]!);
    const later = answerOf(ask(ROW, "--known-at", iso(corrected), "--json").stdout);
    expect(said.later).toBeUndefined();
    expect(later.later).toMatchObject({ revision: 1, corrections: [expect.stringMatching(/Z$/)] });
    expect(later.question).toEqual({ ...said.question, asOf: iso(corrected) });
    expect(later.id).not.toBe(said.id);
    expect(later.forecast!.logAtrRatio.base).not.toBe(said.forecast!.logAtrRatio.base);
    const page = path.join(at.path, "later.html");
    const shown = ask(ROW, "--known-at", iso(corrected), "--html", page);
    expect(shown.stdout.replaceAll("\n", " ")).toMatch(
      /Asked with later knowledge: .* had been corrected once by then/,
    );
    expect(shown.stderr).toContain(`page: ${page}`);
    expect(ask(ROW, "--known-at", iso(candles.knownAt[ROW]!), "--json").stdout).toBe(before.answers[1]);
  });

  it("cannot be asked with less than was known at its moment, nor with what nobody knows yet", async () => {
    const refused = (knownAt: string): Promise<unknown> =>
      withMemory(memory, (folder) =>
        askFolder(folder, {
          ...{ memory, tenant: "default", horizon: "1h", k: 3, among: "all" },
          ...{ at: iso(candles.knownAt[ROW]!), knownAt },
        }),
      );
    await expect(refused(iso(candles.knownAt[ROW - 1]!))).rejects.toThrow(
      /when the moment asked about was known/,
    );
    await expect(refused(iso(Date.now() + 86_400_000))).rejects.toThrow(/an instant that has come/);
    await expect(refused("2023-07-09T00:00")).rejects.toThrow(/zone/);
    await expect(refused("2023-07-01")).rejects.toThrow(/when the moment asked about was known/);
  });
});

describe("explain-change", () => {
  it("says which correction, from which file, changed what", () => {
    const { id, distribution } = answerOf(before.answers[1]!);
    const { code, stdout } = explain(id, "--json");
    const report = JSON.parse(stdout) as ChangeReport & { readonly schema: string };
    expect([code, report.schema, report.again.same]).toEqual([0, "rhyme.change/1", true]);
    const [fix, ...more] = report.corrections;
    expect(more).toEqual([]);
    expect(fix!.series).toMatchObject([
      { symbol: "S", bars: 2, ofMoment: true, from: [{ command: "remember" }] },
    ]);
    expect(fix!.series[0]!.from[0]!.files).toMatchObject([
      { path: expect.stringMatching(/fix\.csv$/) as string },
    ]);
    expect(fix!.series[0]!.first[0]).toMatchObject({
      before: { high: candles.high[ROW - 5] },
      after: { high: candles.high[ROW - 5]! * 1.02 },
    });
    expect(fix!.difference!.band80!.before!.low).toBe(distribution!.roc.quantiles["0.1"]);
    expect(fix!.difference!.moment!.distance).toBeGreaterThan(0);
    const text = explain(id).stdout;
    expect(text).toMatch(/fix\.csv \(sha256 [0-9a-f]{12}…\)/);
    const none = explain(id, "--known-at", iso(Date.parse(fix!.knownAt) - 1));
    expect(none.stdout).toMatch(/No correction became known/);
  });

  it("finds nothing where nothing was corrected", () => {
    expect(JSON.parse(before.none)).toMatchObject({
      again: { same: true },
      corrections: [],
      altogether: null,
    });
  });

  it("refuses an answer that is not in the log of this tenant", async () => {
    const { id } = answerOf(before.answers[0]!);
    const unknown = explain("5f2c8a10-6b1e-5c3d-9a44-0d2f6c1b7e90");
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/one that is not in its log/)]);
    const refused = (more: { readonly tenant?: string; readonly knownAt?: string }): Promise<unknown> =>
      withMemory(memory, (folder) => {
        const ui = createUi({ quiet: true });
        return explainAnswer(folder, {
          id,
          tenant: "default",
          ui,
          signal: new AbortController().signal,
          ...more,
        });
      });
    await expect(refused({ tenant: "nobody" })).rejects.toThrow(/a tenant of this memory: default/);
    await expect(refused({ knownAt: iso(candles.knownAt[ROW - 30]!) })).rejects.toThrow(/known-at/);
  });
});
