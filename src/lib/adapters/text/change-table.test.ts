import { describe, expect, it } from "vitest";
import type { ChangeReport, CorrectionStep, Difference } from "../../evaluation/changes/change-report.ts";
import { changeText } from "./change-table.ts";

const question: ChangeReport["answer"]["question"] = {
  ...{ tenant: "default", source: "file", symbol: "S", timeframe: "5m", horizon: "1h", k: 10, among: "all" },
  ...{ asOf: "2023-07-15T03:40:00Z", anchor: "2023-07-15T03:40:00Z" },
};
const nobody = { gone: [], came: [], moved: [], relabelled: [] };
const nothing: Difference = {
  ...{
    moment: null,
    forecast: null,
    band80: null,
    neighbours: nobody,
    reason: null,
    happened: null,
    parts: [],
  },
};
const name = { id: "n1", source: "file", symbol: "T", timeframe: "5m", anchor: "2023-07-10T06:15:00Z" };
const step = (hour: number, difference: Difference | null): CorrectionStep => ({
  knownAt: `2023-07-16T0${hour}:00:00Z`,
  series: [
    {
      ...{
        source: "file",
        symbol: "S",
        timeframe: "5m",
        bars: 25,
        ofMoment: true,
        ofNeighbours: ["n1", "n2"],
      },
      from: [{ command: "remember", files: [{ path: "fix.csv", sha256: "0123456789abcdef".repeat(4) }] }],
      first: [
        { openTime: "2023-07-15T02:50:00Z", before: { close: 10, high: 11 }, after: { close: 10, high: 12 } },
        { openTime: "2023-07-15T02:55:00Z", before: null, after: { close: 10 } },
      ],
    },
  ],
  difference,
});
const report = (corrections: readonly CorrectionStep[], more: Partial<ChangeReport> = {}): ChangeReport => ({
  answer: { id: "5f2c8a10", question },
  knownBy: null,
  again: { id: "5f2c8a10", same: true, parts: [], withRecord: true },
  corrections,
  altogether: corrections.findLast(({ difference }) => difference)?.difference ?? null,
  ...more,
});
const flat = (text: string): string => text.replace(/\s+/g, " ");

describe("what corrections made of an answer, as text", () => {
  it("names file, bars, old and new values, and what rests on them", () => {
    const text = changeText(report([step(1, null)]));
    expect(text).toContain("Answer 5f2c8a10: S 5m at 15 July 2023, 03:40 UTC, 1h ahead");
    expect(flat(text)).toContain("it is the same answer to the byte.");
    expect(flat(text)).toContain(
      "1 correction of bars that it may rest on became known since 2023-07-15T03:40:00Z",
    );
    expect(text).toContain("25 bars of S 5m (file), from fix.csv (sha256 0123456789ab…)");
    expect(text).toContain("15 July 2023, 02:50: high 11 → 12");
    expect(text).toContain("15 July 2023, 02:55: was missing; close 10");
    expect(text).toContain("and 23 more bars");
    expect(text).toContain("concerns the moment itself and 2 neighbours");
    expect(text).toMatch(/ {3}changes nothing\n/);
    expect(text).not.toContain("Altogether");
  });

  it("shows moment, band, neighbours and labels before and after, in at most 100 columns", () => {
    const difference: Difference = {
      ...nothing,
      moment: {
        ...{ revision: { before: 0, after: 1 }, distance: 0.0123, base: { before: 0.1, after: -0.05 } },
        atrNow: { before: 0.001, after: null },
      },
      band80: { before: { low: -0.01, high: 0.02 }, after: null },
      reason: { before: null, after: "nothing in memory is near" },
      neighbours: {
        ...{ gone: Array.from({ length: 7 }, () => name), came: [name], moved: [] },
        relabelled: [
          { ...name, labels: { maxGain: { before: 0.01, after: 0.03 }, roc: { before: null, after: 0.5 } } },
        ],
      },
      happened: { roc: { before: 0.1, after: 0.1000001 } },
    };
    const text = changeText(report([step(1, difference), step(2, null), step(3, difference)]));
    expect(flat(text)).toContain("3 corrections of bars that it may rest on");
    expect(flat(text)).toContain("2 of them change the answer.");
    expect(flat(text)).toContain(
      "the moment: embedding 0.0123 from what it was, ATR 0.100% → none, base forecast 0.1000 → −0.0500",
    );
    expect(text).toContain("80% band: −1.000% to +2.000% → none");
    expect(text).toContain("abstains: no → nothing in memory is near");
    expect(flat(text)).toMatch(
      /neighbours gone: T, 10 Jul 2023, 06:15;.*; and 2 more neighbours new: T, 10 Jul/,
    );
    expect(text).toContain(
      "what followed T, 10 Jul 2023, 06:15: change none → +50.00%, max gain +1.01% → +3.05%",
    );
    expect(text).toContain("what really happened: changes by less than is shown here");
    expect(text).toContain("Altogether:");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("never says that what changes is nothing, however little it is", () => {
    const little: Difference = { ...nothing, parts: ["effectiveSampleSize", "trust"] };
    const text = flat(changeText(report([step(1, little)])));
    expect(text).toContain(
      "changes it by less than is shown here: --json has every digit (effectiveSampleSize and trust)",
    );
  });

  it("says that nothing was corrected, and where another answer comes from when it is asked again", () => {
    expect(flat(changeText(report([], { knownBy: "2023-08-01T00:00:00Z" })))).toContain(
      "No correction became known since 2023-07-15T03:40:00Z and by 2023-08-01T00:00:00Z of bars that it may rest on: nothing has changed it.",
    );
    const other = { id: "77", same: false, parts: ["trust"], withRecord: false };
    expect(flat(changeText(report([], { again: other })))).toMatch(
      /another answer \(77\)\. It differs in trust\. No correction is why/,
    );
  });

  it("lets no name steer a terminal", () => {
    const awkward = { ...step(1, null).series[0]!, symbol: "S\u001b[31m\u202e" };
    const text = changeText(report([{ ...step(1, null), series: [awkward] }]));
    for (const mark of ["\u001b", "\u202e"]) expect(text).not.toContain(mark);
  });
});
