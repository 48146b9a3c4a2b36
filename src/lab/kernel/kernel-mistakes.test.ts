import { describe, expect, it } from "vitest";
import { errorOf, kernelForTests, NOTEBOOKS, printed, resultOf } from "./kernel-for-tests.ts";

const kernel = kernelForTests();
const { run } = kernel;

describe("mistakes", () => {
  it("of type are found before anything runs, at their line and column", async () => {
    const { ename, evalue, traceback } = errorOf(
      await run('console.log("ran");\nconst ok = 1;\n  const bad: string = ok;'),
    );
    expect([ename, evalue]).toEqual(["TypeScript", "3:9 Type 'number' is not assignable to type 'string'."]);
    expect(traceback[0]).toBe(
      "3:9 TS2322: Type 'number' is not assignable to type 'string'.\n\n  const bad: string = ok;\n        ~~~\n",
    );
    expect(traceback.at(-1)).toBe("The cell was not run.");
  });

  it("that hide a name are named where the name is missed", async () => {
    errorOf(await run("const hidden: string = 5;"));
    const { evalue } = errorOf(await run("hidden.length"));
    expect(evalue).toBe(
      "1:1 Cannot find name 'hidden'. The cell that declares it was not run because of its own mistakes.",
    );
  });

  it("of syntax are found, too, and strictness is the project's", async () => {
    expect(errorOf(await run("const = 5;")).evalue).toMatch(/^1:7 /);
    expect(errorOf(await run("const first = [1, 2][0];\nfirst.toFixed();")).evalue).toMatch(
      /^2:1 .*undefined/,
    );
    expect(errorOf(await run("enum Colour { Red }")).evalue).toMatch(/erasableSyntaxOnly/);
  });

  it("carry a stack in the lines of the cells, also through earlier cells and after an await", async () => {
    const { reply } = await run(
      'interface Shape { size: number }\nfunction fail(shape: Shape): never {\n  throw new RangeError("size " + shape.size);\n}',
    );
    const first = Number(reply["execution_count"]);
    const { ename, evalue, traceback } = errorOf(
      await run("type Unused = {\n  a: string;\n};\nawait null;\nfail({ size: 3 });"),
    );
    expect([ename, evalue]).toEqual(["RangeError", "size 3"]);
    expect(traceback.slice(0, 2)).toEqual(["RangeError: size 3", `    at fail (In [${first}]:3:9)`]);
    expect(traceback[2]).toMatch(new RegExp(`^    at In \\[${first + 1}\\]:5:\\d$`));
    expect(traceback).toHaveLength(3);
  });

  it("that are thrown as text, or as nothing at all, are told with the advice to throw an Error", async () => {
    expect(errorOf(await run('throw "plain";'))).toMatchObject({ ename: "Thrown", evalue: "plain" });
    expect(errorOf(await run("throw undefined;")).traceback[1]).toContain("throw new Error");
    expect(errorOf(await run("await Promise.reject({ code: 3 });")).evalue).toContain("code: 3");
  });

  it("in imports name the module and what to do", async () => {
    expect(errorOf(await run('import { no } from "no-such-package";')).evalue).toMatch(
      /^1:20 Cannot find module/,
    );
    const dynamic = errorOf(await run('const name = "no-such-" + "package";\nawait import(name);'));
    expect(dynamic.evalue).toMatch(/no-such-package.*install the package with npm/);
  });

  it("with files say where paths start", async () => {
    const { evalue, traceback } = errorOf(
      await run('import { readFileSync } from "node:fs";\nreadFileSync("no-such-data.csv");'),
    );
    expect(evalue).toContain(
      `There is no no-such-data.csv: paths are relative to ${NOTEBOOKS.replace(/\/$/, "")}.`,
    );
    expect(traceback.at(-1)).toMatch(/In \[\d+\]:2:1/);
    const ours = await run(
      'import { readCandles } from "rhyme";\nawait readCandles(["gone.csv"], { now: 0 });',
    );
    expect(errorOf(ours)).toMatchObject({ ename: "RhymeError" });
    expect(errorOf(ours).evalue).toMatch(/gone\.csv/);
  });

  it("of promises that nobody awaits are told, and end nothing", async () => {
    const stray = await run(
      'void Promise.reject(new Error("stray"));\nawait new Promise((r) => setTimeout(r, 50));\n1',
    );
    expect(stray.status).toBe("ok");
    expect(printed(stray, "stderr")).toContain("[a promise that no cell awaited] Error: stray");
    expect(errorOf(await run("process.exit(3);")).evalue).toContain("Restart it from the menu");
  });

  it("take waiting cells with them, each of which says so; cells sent afterwards run", async () => {
    const [failed, waiting] = await Promise.all([run('throw new Error("one");'), run('console.log("two")')]);
    expect([failed.status, waiting.status]).toEqual(["error", "aborted"]);
    expect(printed(waiting, "stderr")).toMatch(/^Not run, because a cell before it failed/);
    expect(resultOf(await run("1 + 1"))).toBe("2");
  });
});
