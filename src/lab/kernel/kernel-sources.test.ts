import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, kernelForTests, printed, resultOf } from "./kernel-for-tests.ts";

const kernel = kernelForTests();
const { run } = kernel;

// Inside src, so that it counts as source of the project.
const SCRATCH = fileURLToPath(new URL("../../scratch-of-kernel-test/", import.meta.url));
beforeAll(() => void mkdirSync(SCRATCH, { recursive: true }));
afterAll(() => rmSync(SCRATCH, { recursive: true, force: true }));

const source = (name: string, text: string): string => {
  const file = join(SCRATCH, name);
  writeFileSync(file, text);
  return `../src/scratch-of-kernel-test/${name}`;
};

describe("the project's sources", () => {
  it("are imported by the package's name, by a module's name and by a relative path, and are the same", async () => {
    await run('import { resample } from "rhyme";\nimport * as module from "rhyme/candles/resample";');
    await run('import { resample as relative } from "../src/lib/candles/resample.ts";');
    expect(resultOf(await run("resample === module.resample && resample === relative"))).toBe("true");
  });

  it("are loaded anew after an edit, also through another module, in the very next cell", async () => {
    const inner = "edited.ts";
    const path = source(inner, "export const answer = (): number => 1;\n");
    source(
      "outer.ts",
      'import { answer } from "./edited.ts";\nexport const twice = (): number => 2 * answer();\n',
    );
    await run(
      `import { answer } from "${path}";\nimport { twice } from "../src/scratch-of-kernel-test/outer.ts";`,
    );
    expect(resultOf(await run("[answer(), twice()].join()"))).toBe("'1,2'");
    source(inner, "export const answer = (): number => 10;\n");
    const after = await run("[answer(), twice()].join()");
    expect(resultOf(after)).toBe("'10,20'");
    expect(printed(after, "stderr")).toBe("[reloaded after an edit: src/scratch-of-kernel-test/edited.ts]\n");
  });

  it("are typed anew after an edit", async () => {
    const path = source("typed.ts", "export const value: number = 1;\n");
    await run(`import { value } from "${path}";`);
    source("typed.ts", 'export const value: string = "text";\n');
    utimesSync(join(SCRATCH, "typed.ts"), new Date(), new Date(Date.now() + 2000));
    expect(resultOf(await run("value.toUpperCase()"))).toBe("'TEXT'");
    expect(errorOf(await run("value * 2")).evalue).toContain("1:1 ");
  });

  it("stay as they were loaded while an edit of them does not load, and follow again when it does", async () => {
    const path = source("broken.ts", "export const fine = (): number => 1;\n");
    await run(`import { fine } from "${path}";`);
    source("broken.ts", "export const fine = (): number => {\n");
    await new Promise((done) => setTimeout(done, 20));
    const during = await run("Date.now() > 0");
    expect(printed(during, "stderr")).toContain("does not load, what was loaded before stays");
    expect(resultOf(during)).toBe("true");
    await new Promise((done) => setTimeout(done, 20));
    source("broken.ts", "export const fine = (): number => 2;\n");
    expect(resultOf(await run("fine()"))).toBe("2");
    rmSync(join(SCRATCH, "broken.ts"));
    expect(resultOf(await run("4 * 4"))).toBe("16");
  });

  it("may be written after an import of them failed", async () => {
    const missing = "../src/scratch-of-kernel-test/new.ts";
    expect(errorOf(await run(`import { fresh } from "${missing}";`)).evalue).toContain("Cannot find module");
    source("new.ts", "export const fresh = 7;\n");
    expect(resultOf(await run(`import { fresh } from "${missing}";\nfresh`))).toBe("7");
  });

  it("leave a name alone that a later cell gave to something else", async () => {
    const path = source("taken.ts", "export const taken = 1;\n");
    await run(`import { taken } from "${path}";`);
    await run("const taken = 99;");
    source("taken.ts", "export const taken = 2;\n");
    expect(resultOf(await run("taken"))).toBe("99");
  });
});
