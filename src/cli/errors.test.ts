import { CommanderError } from "commander";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { RhymeError } from "../lib/errors.ts";
import { describeFailure } from "./errors.ts";
import { Interrupted } from "./interrupt.ts";

const folder = mkdtempSync(join(tmpdir(), "rhyme-errors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a function throws. */
function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("a failure", () => {
  const fields = {
    place: "a.csv:17",
    expected: "a price above 0",
    received: "-3",
    remedy: "Correct the line.",
  };

  it("of the caller names place, expected, received and remedy, and exits 2", () => {
    const { exitCode, lines, document } = describeFailure(new RhymeError("input", fields));
    expect(exitCode).toBe(2);
    for (const part of Object.values(fields)) expect(lines.join("\n")).toContain(part);
    expect(document.error).toMatchObject({ kind: "input", ...fields });
  });

  it("of the arguments exits 2", () => {
    const { exitCode, lines } = describeFailure(
      new CommanderError(1, "commander.unknownOption", "error: unknown option"),
    );
    expect([exitCode, lines]).toEqual([2, ["error: unknown option"]]);
  });

  it("of the system names the path and says what to do", () => {
    const missing = join(folder, "none.csv");
    const { exitCode, lines } = describeFailure(thrownBy(() => readFileSync(missing)));
    expect([exitCode, lines]).toEqual([
      2,
      [`error: ${missing}: no such file or folder`, "  Check the path."],
    ]);
    expect(describeFailure(thrownBy(() => readFileSync(folder))).lines[0]).toContain("this is a folder");
  });

  it("of SQLite is said in words: no database, full disk", () => {
    const file = join(folder, "rhyme.sqlite");
    writeFileSync(file, "not a database ".repeat(100));
    const damaged = describeFailure(
      thrownBy(() => new DatabaseSync(file).exec("SELECT * FROM sqlite_master")),
    );
    expect([damaged.exitCode, damaged.lines[0]]).toEqual([
      2,
      "error: this is not a memory, or a damaged one",
    ]);
    const small = new DatabaseSync(":memory:");
    small.exec("PRAGMA max_page_count = 2; CREATE TABLE a (b)");
    const full = describeFailure(thrownBy(() => small.exec("INSERT INTO a VALUES (randomblob(100000))")));
    expect([full.exitCode, full.lines[0]]).toEqual([2, "error: no space left for the memory"]);
  });

  it("after Ctrl-C exits 130", () => {
    expect(describeFailure(new Interrupted()).exitCode).toBe(130);
    expect(describeFailure(thrownBy(() => AbortSignal.abort().throwIfAborted())).exitCode).toBe(130);
  });

  it("of ours exits 70 in one line; the stack only for who asks", () => {
    const bug = new TypeError("x is undefined");
    expect(describeFailure(bug).lines).toHaveLength(1);
    expect(describeFailure(bug).exitCode).toBe(70);
    expect(describeFailure(bug, true).lines.join("\n")).toContain("errors.test.ts");
    expect(describeFailure("a thrown string").lines[0]).toContain("a thrown string");
  });
});
