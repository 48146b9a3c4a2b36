import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "./commands.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));
const FLAGS = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];

function rhyme(...args: string[]) {
  const env = { ...process.env, NO_COLOR: "1", COLUMNS: "100" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...FLAGS, MAIN, ...args], {
    encoding: "utf8",
    env,
  });
  return { status, stdout, stderr };
}

describe("the command line", () => {
  it("shows help on one screen, examples first", () => {
    for (const args of [["--help"], ["help"], ...COMMANDS.map(({ name }) => [name, "--help"])]) {
      const { status, stdout, stderr } = rhyme(...args);
      expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
      expect(stdout).toMatch(/^Examples:/);
      expect({ args, lines: stdout.split("\n").length <= 50 }).toEqual({ args, lines: true });
    }
  });

  it("lists every command", () => {
    const { stdout } = rhyme("--help");
    for (const { name } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  });

  it("exits 2 and suggests when a command or option is misspelt", () => {
    expect(rhyme("tset")).toMatchObject({ status: 2, stdout: "" });
    expect(rhyme("tset").stderr).toContain("Did you mean test?");
    expect(rhyme("test", "--onyl", "types").stderr).toContain("Did you mean --only?");
    expect(rhyme("test", "--only", "nothing")).toMatchObject({ status: 2, stdout: "" });
    expect(rhyme().status).toBe(2);
  });

  it("answers a usage error with one JSON document under --json", () => {
    const { status, stdout, stderr } = rhyme("test", "--json", "--nope");
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ schema: "rhyme.error/1", error: { kind: "usage" } });
    expect(stderr).toContain("--nope");
  });
});
