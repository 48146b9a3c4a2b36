import { describe, expect, it } from "vitest";
import { createUi, formatDuration, formatTable, type UiOptions } from "./ui.ts";

/** A Ui on streams that remember, with a clock that the test turns. */
function recorded(options: UiOptions, env: Record<string, string> = {}, isTTY = false) {
  const said = { stdout: "", stderr: "" };
  const clock = { now: 0 };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY,
    columns: 80,
    write: (text: string) => (said[name] += text),
  });
  const streams = { stdout: stream("stdout"), stderr: stream("stderr"), env, clock: () => clock.now };
  return { ui: createUi(options, streams), said, clock };
}

describe("the ui", () => {
  it("aligns text left and numbers right, without trailing blanks", () => {
    const rows = [
      ["label", "low", "share"],
      ["return", -0.0123, "5 %"],
      ["maxGain", null, "12.5 %"],
    ];
    expect(formatTable(rows)).toBe(
      ["label        low   share", "return   -0.0123     5 %", "maxGain        –  12.5 %", ""].join("\n"),
    );
  });

  it("keeps stdout for the one document under --json", () => {
    const { ui, said } = recorded({ json: true });
    ui.table([["a"], [1]]);
    ui.note("a remark");
    ui.json({ a: 1 });
    expect(said.stdout).toBe('{"a":1}\n');
    expect(said.stderr).toContain("a remark");
  });

  it("says nothing but results when quiet", () => {
    const { ui, said } = recorded({ quiet: true });
    ui.note("a remark");
    const progress = ui.progress("reading", 10);
    progress.update(5);
    progress.done();
    ui.out("the result");
    expect(said).toEqual({ stdout: "the result\n", stderr: "" });
  });

  it("colours a terminal, unless NO_COLOR is set or the terminal is dumb", () => {
    expect(recorded({}, {}, true).ui.bold("x")).toBe("\u001b[1mx\u001b[0m");
    expect(recorded({}, {}, false).ui.bold("x")).toBe("x");
    expect(recorded({}, { NO_COLOR: "1" }, true).ui.bold("x")).toBe("x");
    expect(recorded({}, { TERM: "dumb" }, true).ui.bold("x")).toBe("x");
  });

  it("writes progress with an estimate to a log every ten seconds at most", () => {
    const { ui, said, clock } = recorded({});
    const progress = ui.progress("embedding", 100);
    for (let done = 0; done <= 100; done++) {
      clock.now = done * 300;
      progress.update(done, `row ${done}`);
    }
    progress.done();
    expect(said.stdout).toBe("");
    expect(said.stderr).toBe(
      "embedding  34 %  about 20 s left  row 34\nembedding  68 %  about 9.6 s left  row 68\n",
    );
  });

  it("rewrites one line on a terminal and wipes it in the end", () => {
    const { ui, said, clock } = recorded({}, {}, true);
    const progress = ui.progress("embedding", 4);
    progress.update(1);
    clock.now = 5000;
    progress.update(2, "x".repeat(200));
    progress.done();
    expect(said.stderr.split("\r\u001b[K").map((line) => line.length)).toEqual([0, 15, 79, 0]);
  });

  it("states durations in the unit that fits", () => {
    expect([400, 12_000, 200_000, 7_500_000].map(formatDuration)).toEqual([
      "0.4 s",
      "12 s",
      "3 min 20 s",
      "2 h 5 min",
    ]);
  });
});
