import { describe, expect, it } from "vitest";
import { needs, required } from "../../lib/testing/require.ts";
import { countingLine } from "./tally.ts";
import { forbidSkips } from "./unit-check.ts";
import { tallyReport } from "./vitest-report.ts";

const test = (title: string, status: string) => ({ ancestorTitles: ["group"], title, status });
const file = (name: string, status: string, tests: object[], message = "") => ({
  name: `/r/${name}`,
  status,
  message,
  assertionResults: tests,
});
const tally = (testResults: object[], exitCode = 0, success = exitCode === 0) =>
  tallyReport({ success, testResults }, "/r", exitCode, () => "");

describe("the count of a test run", () => {
  it("counts every test, and names what failed and what was skipped", () => {
    const counted = tally(
      [file("a.test.ts", "failed", [test("one", "passed"), test("two", "failed"), test("three", "skipped")])],
      1,
    );
    expect(counted).toMatchObject({ passed: 1, failed: 1, failures: ["a.test.ts > group > two"] });
    expect(counted.skipped).toEqual([{ file: "a.test.ts", name: "group > three", reason: "" }]);
    expect(countingLine([counted])).toBe("1 passed, 1 failed, 1 skipped");
  });

  it("counts a file that could not be loaded, or whose hook threw, as a failure", () => {
    expect(tally([file("a.test.ts", "failed", [], "SyntaxError: x\nstack")], 1).failures).toEqual([
      "a.test.ts: SyntaxError: x",
    ]);
    expect(tally([file("a.test.ts", "failed", [test("one", "skipped")])], 1).failed).toBe(1);
  });

  it("never calls a run without tests, or one that vitest failed, a success", () => {
    expect(tally([]).failed).toBe(1);
    expect(tally([file("a.test.ts", "passed", [])]).failed).toBe(1);
    expect(tally([file("a.test.ts", "passed", [test("one", "passed")])], 1).failed).toBe(1);
    expect(tally([file("a.test.ts", "passed", [test("one", "passed")])], 0, false).failed).toBe(1);
  });

  it("has nothing to say about skips when there are none", () => {
    expect(countingLine([tally([file("a.test.ts", "passed", [test("one", "passed")])])])).toBe(
      "1 passed, 0 failed",
    );
  });

  it("fails a skipped test whose file speaks of a required facility", () => {
    const skip = { file: "src/lib/testing/require.ts", name: "reads a year", reason: "" };
    const counted = { check: "unit", passed: 1, failed: 0, skipped: [skip], failures: [] };
    expect(forbidSkips(counted, ["data"])).toMatchObject({ failed: 1, skipped: [] });
    expect(forbidSkips(counted, [])).toMatchObject({ failed: 0, skipped: [skip] });
  });
});

describe("RHYME_REQUIRE", () => {
  it("lets tests be skipped unless it lists what they need", () => {
    expect(needs("data", {}).skip).toBe(true);
    expect(needs("data", { RHYME_DATA: "." }).skip).toBe(false);
    expect(needs("data", { RHYME_REQUIRE: "python" }).skip).toBe(true);
    expect(() => needs("data", { RHYME_REQUIRE: "data" })).toThrow("RHYME_DATA is not set");
    expect(() => needs("data", { RHYME_REQUIRE: "data", RHYME_DATA: "/nowhere/at/all" })).toThrow(
      "does not exist",
    );
  });

  it("refuses a facility that nobody knows", () => {
    expect(required({ RHYME_REQUIRE: "data, python" })).toEqual(["data", "python"]);
    expect(() => required({ RHYME_REQUIRE: "dta" })).toThrow("dta");
  });
});
