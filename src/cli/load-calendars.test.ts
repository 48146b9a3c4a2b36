import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { RhymeError } from "../lib/errors.ts";
import { calendarByName } from "../lib/time/calendars.ts";
import { temporaryFolder } from "../lib/testing/temporary-folder.ts";
import { loadCalendars, splitCalendars } from "./load-calendars.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const write = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};

/** A market with a break for lunch, in one file that needs nothing else. */
const TOKYO = `
const [DAY, HOUR, AHEAD] = [86_400_000, 3_600_000, 9 * 3_600_000];
export default {
  name: "my-tokyo",
  about: "Tokyo shares, 09:00 to 11:30 and 12:30 to 15:00",
  zone: "Asia/Tokyo",
  sessions(from: number, to: number) {
    const found: { open: number; close: number; date: string }[] = [];
    for (let day = Math.floor(from / DAY) - 1; day * DAY < to + DAY; day++) {
      if ((day + 3) % 7 >= 5) continue; // day 0, 1970-01-01, was a Thursday
      for (const [opens, closes] of [[9, 11.5], [12.5, 15]]) {
        const [open, close] = [day * DAY + opens! * HOUR - AHEAD, day * DAY + closes! * HOUR - AHEAD];
        const date = new Date(day * DAY).toISOString().slice(0, 10);
        if (open < to && close > from) found.push({ open, close, date });
      }
    }
    return found;
  },
  cutFrom: (session: { date: string }) => Date.parse(session.date) - AHEAD,
};
`;

const OPENS = [
  "2024-06-03T00:00Z",
  "2024-06-03T00:30Z",
  "2024-06-03T02:00Z",
  "2024-06-03T03:30Z",
  "2024-06-03T05:30Z",
];
const CANDLES = ["timestamp,open,high,low,close,volume", ...OPENS.map((t) => `${t},2,3,1,2,5`), ""].join(
  "\n",
);

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const rhyme = (...args: string[]) =>
  spawnSync(process.execPath, ["--conditions=lab-source", "--disable-warning=ExperimentalWarning", MAIN, ...args], {
    encoding: "utf8",
  }); // prettier-ignore

describe("--calendars", () => {
  it("stands before the command, any number of times", () => {
    expect(splitCalendars(["--calendars", "a.ts", "--calendars=b.ts", "check", "x.csv"])).toEqual({
      files: ["a.ts", "b.ts"],
      rest: ["check", "x.csv"],
    });
    expect(() => splitCalendars(["check", "x.csv", "--calendars", "a.ts"])).toThrow(/before the command/);
    expect(splitCalendars(["check"])).toEqual({ files: [], rest: ["check"] });
    for (const argv of [["--calendars"], ["--calendars="], ["--calendars", "--json"]]) {
      expect(() => splitCalendars(argv)).toThrow(RhymeError);
    }
  });

  it("makes the market of a user's file known to a command, bars on both sides of its break", () => {
    const [calendar, candles] = [write("tokyo.ts", TOKYO), write("NIKKEI-30m.csv", CANDLES)];
    const args = ["check", candles, "--calendar", "my-tokyo", "--timeframe", "30m", "--json"];
    const { status, stdout, stderr } = rhyme("--calendars", calendar, ...args);
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    const [series] = (JSON.parse(stdout) as { series: { calendar: string; rows: number; gaps: object }[] })
      .series;
    // Ten half hours a day, of which the lunch from 11:30 to 12:30 is none.
    expect(series).toMatchObject({
      calendar: "my-tokyo",
      rows: 5,
      gaps: { expected: 10, missing: 5, closures: 1 },
    });
    const unknown = rhyme(...args);
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toMatch(/--calendars FILE/);
  });

  it("runs the file that the docs show, which imports rhyme from wherever it lies", () => {
    const docs = readFileSync(new URL("../../docs/calendars.md", import.meta.url), "utf8");
    const shown = /```ts\n([^]*?)```/.exec(docs)![1]!;
    const [calendar, candles] = [write("shown.ts", shown), write("SHOWN-30m.csv", CANDLES)];
    const ran = rhyme("--calendars", calendar, "check", candles, "--calendar", "tokyo", "--timeframe", "30m");
    expect({ status: ran.status, stderr: ran.status === 0 ? "" : ran.stderr }).toEqual({
      status: 0,
      stderr: "",
    });
    const broken = write("broken.ts", shown.replace("hoursOn(day)", "hoursAt(day)"));
    const refused = rhyme("--calendars", broken, "check", candles, "--calendar", "tokyo");
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/broken\.ts[^]*hoursOn/)]);
  });

  it("loads a list of them", async () => {
    const path = write("two.ts", `${TOKYO.replace("export default", "const tokyo =")}
export default [{ ...tokyo, name: "first" }, { ...tokyo, name: "second" }];`);
    await loadCalendars(path);
    expect([calendarByName("first").name, calendarByName("second@UTC").name]).toEqual(["first", "second@UTC"]);
  }); // prettier-ignore

  it.each([
    ["a file that is not there", null, /which does not exist/],
    ["no default export", "export const calendar = 1;", /a default export in .*none/],
    ["an empty list", "export default [];", /an empty list/],
    ["a broken module", "export default {", /a module that runs: .*got \w*Error/],
    ["a module that throws", "throw new Error('no luck');", /no luck/],
    [
      "a calendar without a zone",
      TOKYO.replace("zone:", "place:"),
      /my-tokyo: expected zone: an IANA time zone/,
    ],
    ["a taken name", TOKYO.replace("my-tokyo", "fx"), /a name other than/],
    ["a name with @", TOKYO.replace("my-tokyo", "tokyo@UTC"), /a name of letters/],
  ])("refuses %s", async (title, text, message) => {
    const path = join(folder.path, `${title.replaceAll(" ", "-")}.ts`);
    if (text !== null) writeFileSync(path, text);
    const error: unknown = await loadCalendars(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RhymeError);
    expect((error as RhymeError).message).toMatch(message);
  });
});
