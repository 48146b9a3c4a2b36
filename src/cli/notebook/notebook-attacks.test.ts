import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRhyme } from "../../lib/testing/run-rhyme.ts";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";

let at: TemporaryFolder;
beforeAll(() => void (at = temporaryFolder()));
afterAll(() => at.remove());

const file = (name: string): string => join(at.path, name);
const rhyme = (...args: string[]) => runRhyme(at.path, "notebook", ...args);
const write = (name: string, text: string): void => writeFileSync(file(name), text);

describe("./rhyme notebook run", () => {
  it("ends where its kernel dies, names the cell and keeps what ran", () => {
    write(
      "dies.ts",
      '// %%\nconsole.log("first");\n\n// %%\nconsole.log("second");\nawait new Promise((r) => setTimeout(r, 300));\nprocess.kill(process.pid, "SIGKILL");\n\n// %%\n3;\n',
    );
    const { code, stdout } = rhyme("run", "dies.ts", "--out", "died.ipynb", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout).runs[0].failed).toMatchObject({ cell: 2, ename: "Kernel" });
    const { cells } = JSON.parse(readFileSync(file("died.ipynb"), "utf8"));
    expect(cells[0].outputs).toMatchObject([{ text: "first\n" }]);
    expect(cells[1].outputs).toMatchObject([{ text: "second\n" }]);
    expect(cells[2].outputs).toEqual([]);
  });

  it("prints its document and nothing else, whatever a cell writes past the kernel", () => {
    write(
      "loud.ts",
      'import { writeSync } from "node:fs";\nimport { execSync } from "node:child_process";\nwriteSync(1, "past the kernel\\n");\nexecSync("echo a child", { stdio: "inherit" });\n',
    );
    const { code, stdout, stderr } = rhyme("run", "loud.ts", "--json");
    expect({ code, failed: JSON.parse(stdout).runs[0].failed }).toEqual({ code: 0, failed: null });
    expect(stderr).toContain("past the kernel\na child\n");
  });

  it("counts errors for which no cell waited, those after the last cell too", () => {
    write(
      "strays.ts",
      '// %%\nvoid Promise.reject(new Error("one"));\nawait new Promise((r) => setTimeout(r, 20));\n\n// %%\nsetTimeout(() => { throw new Error("two"); }, 10);\n',
    );
    const { cells } = JSON.parse(rhyme("run", "strays.ts", "--json").stdout).runs[0].record;
    expect(cells.map(({ strays }: { strays: number }) => strays)).toEqual([1, 1]);
  });

  it("refuses a folder that is not there, a default that is no literal, and half a file, before anything runs", () => {
    write("endless.ts", "for (;;) {}\n");
    for (const option of ["--out", "--html"])
      expect(rhyme("run", "endless.ts", option, "none/x.html")).toMatchObject({
        ...{ code: 2, stderr: expect.stringContaining("no folder none") },
      });
    write("sum.ts", '// %% tags=["parameters"]\nconst a = 1;\nconst span = 2 * 3;\n');
    expect(rhyme("run", "sum.ts")).toMatchObject({ code: 2, stderr: expect.stringContaining("line 2") });
    write("half.ipynb", '{\n "cells": [\n');
    expect(rhyme("run", "half.ipynb")).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining("not JSON, line 3") },
    });
  });
});

describe("./rhyme notebook export", () => {
  it("leaves out the colours of a terminal", () => {
    write("red.ts", 'console.log("\\u001b[31mred\\u001b[0m and plain");\n');
    expect(rhyme("export", "red.ts", "--html", "red.html")).toMatchObject({ code: 0 });
    const page = readFileSync(file("red.html"), "utf8");
    expect(page).toContain("red and plain");
    expect(page).not.toContain("\u001b");
  });
});

describe("./rhyme notebook pair", () => {
  it("refuses a pair whose sides were both edited, until the right one is named", () => {
    write("torn.ts", "// %%\nconst one = 1;\n");
    expect(rhyme("pair", "torn.ts")).toMatchObject({ code: 0 });
    write("torn.ts", "// %%\nconst one = 2;\n");
    write("torn.ipynb", readFileSync(file("torn.ipynb"), "utf8").replace("one = 1", "one = 3"));
    utimesSync(file("torn.ipynb"), new Date(), new Date(Date.now() + 5000));
    const { code, stderr } = rhyme("pair", "torn.ts");
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("--from") });
    expect(rhyme("pair", "torn.ts", "--from", "ts")).toMatchObject({ code: 0 });
    expect(readFileSync(file("torn.ipynb"), "utf8")).toContain("one = 2");
  });
});
