import { describe, expect, it } from "vitest";
import { answerSchema, type Answer } from "../../recall/answer.ts";
import { answerFixture } from "../../testing/answer-fixture.ts";
import { syntheticCandles } from "../../testing/candles.ts";
import { calendarByName } from "../../time/calendars.ts";
import { answerText } from "./answer-table.ts";

const candles = syntheticCandles({
  seed: 11,
  rows: 700,
  timeframe: "1d",
  calendar: calendarByName("us-equities"),
  symbol: "SPX",
});
const answer = answerFixture({ candles, row: 640 });

describe("answer as text", () => {
  it("is made from an answer that obeys the schema", () => {
    expect(answerSchema.parse(answer)).toEqual(answer);
  });

  it("fits a terminal of 100 columns, whatever the names", () => {
    const long = "A".repeat(300);
    const awkward: Answer = {
      ...answer,
      question: { ...answer.question, symbol: long },
      neighbours: answer.neighbours.map((n) => ({ ...n, symbol: long })),
      trust: { ...answer.trust!, baselines: [{ name: long, crps: 1 }] },
    };
    for (const text of [answerText(answer), answerText(awkward)])
      expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("leads with the question and the band, and says that it is not advice", () => {
    const text = answerText(answer, { name: "the S&P 500", zone: "America/New_York" });
    expect(text.split("\n")[0]).toMatch(/^What rhymes with \d+ \w+ 2023 in the S&P 500\?$/);
    expect(text.replaceAll("\n", " ")).toMatch(
      /next 21 trading days, expect a change between [+−]\d+\.\d% and [+−]\d+\.\d%/,
    );
    expect(text).toContain("not investment advice");
    expect(text.match(/^\d+ +\d+ \w{3} \d{4}/gm)).toHaveLength(answer.neighbours.length);
  });

  it("prints that recall adds nothing as plainly as that it adds something", () => {
    expect(answerText(answer).replaceAll("\n", " ")).toContain("recall adds nothing here.");
    expect(answerText(answerFixture({ candles, row: 640, better: true })).replaceAll("\n", " ")).toContain(
      "recall adds something here",
    );
  });

  it("gives the reason when it abstains, keeps the neighbours and states no range", () => {
    const text = answerText(answerFixture({ candles, row: 640, reason: "nothing in memory is near." }));
    expect(text).toContain("No answer for the next 21 trading days: nothing in memory is near.");
    expect(text).not.toContain("quantile");
    expect(text).toContain("The 10 nearest episodes");
  });

  it("says what is not there: no outcome yet, no record, no neighbours", () => {
    const bare = answerText({ ...answer, happened: null, trust: null, neighbours: [], forecast: null });
    expect(bare).not.toContain("in fact moved");
    expect(bare).toContain("No record yet");
    expect(bare).toContain("No neighbours");
  });

  it("speaks of one hour and one day in the singular, and of plain days where no market closes", () => {
    const over = (horizon: string, sessions: boolean): string =>
      answerText({ ...answer, question: { ...answer.question, horizon } }, { sessions }).replaceAll(
        "\n",
        " ",
      );
    expect(over("1h", true)).toContain("Over the next hour, expect");
    expect(over("1d", false)).toContain("Over the next day, expect");
    expect(over("1d", false)).toContain("Over that day SPX in fact moved");
    expect(over("5d", false)).not.toContain("trading");
  });

  it("says why recall was not used, and nothing about it when it abstains", () => {
    const unused = { logAtrRatio: { ...answer.forecast!.logAtrRatio, shrink: 0 } };
    const text = (changed: Partial<Answer>): string =>
      answerText({ ...answer, forecast: unused, ...changed }).replaceAll("\n", " ");
    expect(text({})).toContain("neighbours did not improve the base forecast.");
    expect(text({ trust: null })).toContain("Recall was not used: there is no record yet");
    const young = { ...answer.trust!, effectiveAnswers: 12 };
    expect(text({ trust: young })).toContain("Recall was not used: fewer than 50 past answers");
    const abstained = text({ abstained: true, distribution: null, reason: "nothing is near" });
    expect(abstained).toContain("On its own, the base forecast");
    expect(abstained).not.toContain("Recall was not used");
  });

  it("says so when the encoder knew what came later", () => {
    const hindsight = { ...answer, encoder: { ...answer.encoder, hindsight: true } };
    expect(answerText(hindsight)).toContain("Hindsight:");
    expect(answerText(answer)).not.toContain("Hindsight");
  });

  it("does not let a symbol steer the terminal", () => {
    const text = answerText({ ...answer, question: { ...answer.question, symbol: "X\u001b[2J\u202e" } });
    expect(text).toContain("in X[2J?");
    for (const mark of ["\u001b", "\u202e"]) expect(text).not.toContain(mark);
  });

  it("says that it was asked with later knowledge, and how often the moment had been corrected by then", () => {
    const question = { ...answer.question, asOf: "2024-06-28T20:00:00Z" };
    const text = (later: NonNullable<Answer["later"]>): string =>
      answerText({ ...answer, question, later }, { zone: "America/New_York" }).replaceAll("\n", " ");
    expect(text({ revision: 0, corrections: [] })).toMatch(
      /Asked with later knowledge: what was known by 28 June 2024, 16:00 New York, .* Nothing in the past of the moment had been corrected by then\. .* none shares time with those 21 trading days\./,
    );
    const corrections = ["2024-05-01T12:00:00Z", "2024-06-03T12:00:00Z"];
    expect(text({ revision: 2, corrections })).toMatch(
      /corrected 2 times by then \(last on 3 June 2024, 08:00 New York\)/,
    );
    expect(answerText(answer)).not.toContain("later knowledge");
  });
});
