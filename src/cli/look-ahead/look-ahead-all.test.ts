import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { HINDSIGHT, LEAKING, SOUND } from "../../lib/testing/histories/planted-subjects.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { rhyme, startRhyme, type Ended } from "../faults/run-rhyme.ts";
import type { Measured } from "../machine.ts";
import type { SubjectCounts } from "./chunk.ts";
import { documentOf, tableOf, type HistoriesDocument } from "./histories-document.ts";
import { verdictOf } from "./look-ahead-all.ts";
import { emptyState } from "./run-state.ts";

const PLANTED = fileURLToPath(new URL("../../lib/testing/histories/planted-subjects.ts", import.meta.url));

/** Words without colours. */
const PLAIN = { green: String, red: String };

function folder(): string {
  const at = temporaryFolder();
  onTestFinished(() => at.remove());
  return at.path;
}

const words = (resume: string, ...more: readonly string[]): readonly string[] => [
  ...["look-ahead", "--all", "--registry", PLANTED, "--resume", resume, "--json", ...more],
];
const sound = ["--subject", SOUND.name];

/** All that does not tell of time and machine. */
function said({ stdout }: Ended): Omit<HistoriesDocument, "run"> {
  const { run: _, ...rest } = JSON.parse(stdout) as HistoriesDocument;
  return rest;
}

describe("look-ahead --all", () => {
  it("says the same on two runs with one seed, something else with another, and leaves no state behind", async () => {
    const at = folder();
    const args = words(at, ...sound, "--histories", "30", "--out", `${at}/out.json`);
    const first = await rhyme(args);
    expect([first.code, said(await rhyme(args))]).toEqual([0, said(first)]);
    expect(said(await rhyme([...args, "--seed", "2"])).digest).not.toBe(said(first).digest);
    expect(readdirSync(at)).toEqual(["out.json"]);
    const written = JSON.parse(readFileSync(`${at}/out.json`, "utf8")) as HistoriesDocument;
    expect(written).toMatchObject({ schema: "rhyme.look-ahead-histories/1", seed: 2, histories: 30 });
    expect(written.run.machine.node).toBe(process.version);
  });

  it("goes on where it was stopped, and ends with the same bytes", async () => {
    const at = folder();
    const args = words(at, ...sound, "--histories", "200");
    const undisturbed = await rhyme(words(folder(), ...sound, "--histories", "200"));
    const running = startRhyme(args);
    while (readdirSync(at).length === 0) await pause(5); // until a chunk is done
    running.process.kill("SIGINT");
    const stopped = await running.ended;
    expect([stopped.code, JSON.parse(stopped.stdout)]).toMatchObject([
      130,
      { error: { kind: "interrupted" } },
    ]);
    expect(readdirSync(at)).toEqual([expect.stringMatching(/^look-ahead-1-200-[0-9a-f]{16}.json$/)]);
    const resumed = await rhyme(args);
    expect(resumed.stderr).toContain("going on after");
    expect([resumed.code, said(resumed)]).toEqual([0, said(undisturbed)]);
  });

  it("finds what looks ahead, shrinks and explains it, and exits 1", async () => {
    const ended = await rhyme(words(folder(), "--histories", "30"));
    const { violations, subjects } = said(ended);
    expect(ended.code).toBe(1);
    expect(violations.map(({ subject }) => subject).sort()).toEqual([LEAKING.name, HINDSIGHT.name].sort());
    const leak = violations.find(({ subject }) => subject === LEAKING.name)!;
    expect(leak.smallest).toMatch(/^5m 15m of 24x7, [2-4] facts from 2021-06-15T12:00:00Z$/);
    expect(leak.sentence).toBe("higher close uses the 15m bar of 12:00, which is known at 12:15, at 12:05");
    expect(leak.aheadMs).toBe(600_000);
    expect(subjects.map(({ name, violated }) => [name, violated])).toContainEqual([SOUND.name, false]);
    const again = leak.again.split(" ").slice(3);
    expect(said(await rhyme(words(folder(), ...again))).violations).toMatchObject([
      { sentence: leak.sentence },
    ]);
  });

  it("prints a table for people, and the violations below it", async () => {
    const args = ["look-ahead", "--all", "--registry", PLANTED, "--resume", folder(), "--histories", "30"];
    const { stdout, stderr } = await rhyme(args);
    expect(stdout).toMatch(
      /^subject +histories +instants +calls +calls\/history +values compared +the law$/m,
    );
    expect(stdout).toMatch(/^sound\/rsi +30 .* holds$/m);
    expect(stdout).toMatch(/^leaking\/merge-as-of-open .* violated$/m);
    expect(stdout).toContain("the law of time is broken: 2 of 3 subjects violate it");
    expect(stderr).toContain("violation  leaking/merge-as-of-open");
  });

  it("says which subjects no history was one for, and which was asked least", () => {
    const counts = (histories: number): SubjectCounts => ({
      ...{ histories, instants: 1, calls: 2, insideMs: 1, values: { x: histories } },
    });
    const state = { ...emptyState(), histories: 30, subjects: { often: counts(30), seldom: counts(2) } };
    const subjects = ["often", "seldom", "never"].map((name) => ({ ...SOUND, name }));
    const plan = { seed: 1, histories: 30, registry: "", only: null, subjects, workers: 1 };
    const machine = {} as Measured;
    const made = documentOf(plan, { state, violations: [], untested: [] }, machine);
    expect(made.subjects.map(({ name, violated }) => [name, violated])).toEqual([
      ["often", false],
      ["seldom", false],
      ["never", null],
    ]);
    expect(tableOf(made).map((cells) => cells.at(-1))).toEqual([
      "the law",
      "holds",
      "holds",
      "not asked",
      "holds",
    ]);
    expect(verdictOf(made, PLAIN)).toBe(
      "the law of time holds: 0 of 2 subjects violate it; 1 not asked; least: seldom in 2 histories",
    );
    const nothing = documentOf(
      { ...plan, subjects: subjects.slice(2) },
      { state, violations: [], untested: [] },
      machine,
    );
    expect(verdictOf(nothing, PLAIN)).toMatch("nothing was put to the test");
  });

  it("refuses subjects that are not there, modules without any, and numbers that are none", async () => {
    const refused = async (...more: readonly string[]): Promise<unknown> => {
      const { code, stdout } = await rhyme(words(folder(), ...more));
      return [code, (JSON.parse(stdout) as { error: { message: string } }).error.message];
    };
    expect(await refused("--subject", "none")).toEqual([2, expect.stringContaining(SOUND.name)]);
    const noRegistry = fileURLToPath(new URL("./chunk.ts", import.meta.url));
    expect(await refused("--registry", noRegistry)).toEqual([2, expect.stringContaining("REGISTRY")]);
    expect(await refused("--histories", "1.5")).toEqual([2, expect.stringContaining("whole number")]);
    expect(await refused("--histories", "0")).toEqual([2, expect.stringContaining("--histories")]);
  });
});
