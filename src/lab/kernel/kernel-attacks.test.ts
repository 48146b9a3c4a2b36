import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExecuteResult } from "../kernel-client.ts";
import { errorOf, kernelForTests, printed, resultOf } from "./kernel-for-tests.ts";

// What used to hang or kill the kernel: after each of these it must run the next cell.

const kernel = kernelForTests();
const { run } = kernel;

// Inside src, so that it counts as source of the project.
const SCRATCH = fileURLToPath(new URL("../../scratch-of-attacks/", import.meta.url));
beforeAll(() => void mkdirSync(SCRATCH, { recursive: true }));
afterAll(() => rmSync(SCRATCH, { recursive: true, force: true }));

function source(name: string, text: string): string {
  writeFileSync(join(SCRATCH, name), text);
  return `../src/scratch-of-attacks/${name}`;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function stopAfter(code: string, ms: number): Promise<ExecuteResult> {
  const running = run(code);
  await pause(ms);
  await kernel.client().interrupt();
  return running;
}

async function isWell(): Promise<void> {
  expect(resultOf(await run("6 * 7"))).toBe("42");
}

describe("what a cell throws", () => {
  const make = "const e: any = new Error('x');\n";
  it.each([
    ["a stack that is a number", `${make}e.stack = 5;\nthrow e;`, "x"],
    ["a message that is a number", `${make}e.message = 5;\nthrow e;`, "5"],
    ["a name that is a symbol", `${make}e.name = Symbol("odd");\nthrow e;`, "x"],
    ["a name that is a function", `${make}e.name = () => 1;\nthrow e;`, "x"],
    ["a cause that throws", `${make}e.cause = { get [Symbol.toStringTag]() { throw 1; } };\nthrow e;`, "x"],
    [
      "an inspection that throws",
      'throw { [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no"); } };',
      "cannot be described",
    ],
    [
      "a proxy that throws",
      "throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; }, ownKeys() { throw 3; } });",
      "cannot be described",
    ],
  ])("may have %s", async (_, code, said) => {
    expect(errorOf(await run(code)).evalue).toContain(said);
    await isWell();
  });

  it("may take for ever to describe, until it is stopped", async () => {
    const loop = 'throw { [Symbol.for("nodejs.util.inspect.custom")]() { for (;;) {} } };';
    expect(errorOf(await stopAfter(loop, 700)).ename).toBe("Interrupted");
    await isWell();
    expect(errorOf(await stopAfter(loop.replace("throw", "(").replace("};", "})"), 700)).ename).toBe(
      "Interrupted",
    );
    await isWell();
  });

  it("tells the errors that an AggregateError holds, and where a file with a mistake is wrong", async () => {
    const { traceback } = errorOf(
      await run(
        'await Promise.any([Promise.reject(new Error("one")), Promise.reject(new TypeError("two"))]);',
      ),
    );
    expect(traceback.join("\n")).toContain("Error: one");
    expect(traceback.join("\n")).toContain("TypeError: two");
  });

  it("late, out of a timer, may be as odd, and is counted", async () => {
    const odd =
      "setTimeout(() => { throw { get stack() { throw 1; } }; }, 10);\nawait new Promise((r) => setTimeout(r, 60));";
    const { status, replyMetadata } = await run(odd);
    expect(status).toBe("ok");
    expect(replyMetadata["rhyme"]).toMatchObject({ strays: 1 });
    expect((await run("1")).replyMetadata["rhyme"]).toMatchObject({ strays: 0 });
    const unawaited = await run(
      'void Promise.reject(new Error("stray"));\nawait new Promise((r) => setTimeout(r, 20));',
    );
    expect(unawaited.replyMetadata["rhyme"]).toMatchObject({ strays: 1 });
  });
});

describe("what a cell shows", () => {
  it.each([
    ["a bigint", "{ a: 1n }"],
    ["itself", "(() => { const c: any = {}; c.c = c; return c; })()"],
  ])("may be a display that JSON cannot hold: %s", async (_, value) => {
    const shown = await run(
      `({ [Symbol.for("Jupyter.display")]: () => ({ "application/json": ${value} }) })`,
    );
    expect(errorOf(shown).evalue).toContain("application/json");
    await isWell();
    errorOf(
      await run(
        `(globalThis as any)[Symbol.for("rhyme.notebook")].publish({ "application/json": ${value} })`,
      ),
    );
    await isWell();
  });

  it("is cut where it is long, and says so", async () => {
    const text = String(
      resultOf(
        await run(
          '"abcdefghij\\n".repeat(9).split("\\n").map(() => "x".repeat(9000)).concat(Array(90).fill("y".repeat(9000)))',
        ),
      ),
    );
    expect(text.length).toBeLessThan(101_000);
    expect(text).toContain("cut here");
    const { evalue, traceback } = errorOf(await run('throw new Error("z".repeat(3_000_000));'));
    expect(evalue.length).toBeLessThan(101_000);
    expect(traceback.join("\n").length).toBeLessThan(202_000);
    const huge = await run(
      '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "h".repeat(11_000_000) }) })',
    );
    expect(JSON.stringify(huge.outputs).length).toBeLessThan(200_000);
    expect(String(resultOf(huge))).toContain("11.0 MB");
  });

  it("is shown plainly where its table cannot be made", async () => {
    for (const code of [
      "const ca: any = { n: 1 };\nca.self = ca;\n[ca, ca]",
      "[{ a: { b: 1n } }, { a: { b: 2n } }]",
      "[{ get a(): number { throw new Error('no'); } }, { get a(): number { throw new Error('no'); } }]",
    ]) {
      const { status, outputs } = await run(code);
      expect({ code, status, shown: outputs.length > 0 }).toEqual({ code, status: "ok", shown: true });
    }
    await isWell();
  });
});

describe("a stop", () => {
  it("of an import leaves the library whole", async () => {
    const code = 'import * as all from "rhyme";\nObject.keys(all).length';
    const result = await stopAfter(code, 150);
    if (result.status === "error") expect(errorOf(result).ename).toBe("Interrupted");
    expect(Number(resultOf(await run(code)))).toBeGreaterThan(50);
  });

  it("reaches a module that never ends as it is loaded, and the module may be mended", async () => {
    const path = source("endless.ts", "for (;;) {}\nexport const fine = 1;\n");
    const code = `const { fine } = await import("${path}");\nfine`;
    expect(errorOf(await stopAfter(code, 500)).ename).toBe("Interrupted");
    source("endless.ts", "export const fine = 22;\n");
    expect(resultOf(await run(code))).toBe("22");
  });

  it("ends a loop in a timer of an earlier cell, for which a later cell waits", async () => {
    await run("setTimeout(() => { for (;;) {} }, 50);");
    await pause(100);
    const { status } = await stopAfter("1", 300); // with its value or as stopped
    expect(["ok", "error"]).toContain(status);
    await isWell();
  });

  it("answers at once while types are checked", async () => {
    const heavy = `type Build<N extends number, T extends unknown[] = []> = T["length"] extends N ? T : Build<N, [...T, unknown]>;
type Cross<A extends number> = Build<A> extends [...infer R] ? { [K in keyof R]: Build<A> } : never;
${Array.from({ length: 4 }, (_, i) => `const v${i}: Cross<${900 + i}>["length"] = ${900 + i};`).join("\n")}`;
    const running = run(heavy);
    await pause(50);
    const start = performance.now();
    await kernel.client().interrupt();
    const result = await running;
    const waited = performance.now() - start;
    expect(errorOf(result).ename).toBe("Interrupted");
    expect(waited).toBeLessThan(400);
    await isWell();
  });
});

describe("names that the kernel needs itself", () => {
  it.each(["exports", "__imports", "__import", "__meta"])("cannot be declared: %s", async (name) => {
    expect(errorOf(await run(`const ${name} = 5;`)).evalue).toMatch(/^1:7 .*another name/);
    expect(errorOf(await run(`const f = (${name}: number) => ${name};`)).evalue).toMatch(/another name/);
  });

  it("are no others: not those of every object", async () => {
    await run("const toString = 5;\nconst hasOwnProperty = 6;\nconst valueOf = 7;");
    expect(resultOf(await run("toString + hasOwnProperty + valueOf"))).toBe("18");
  });
});

describe("sources", () => {
  it("that miss another are loaded again once it is there", async () => {
    const a = source("a.ts", "export const a = 1;\n");
    await run(`import { a } from "${a}";`);
    source("a.ts", 'import { c } from "./c.ts";\nexport const a = c;\n');
    await pause(20);
    expect(printed(await run("a"), "stderr")).toContain("does not load");
    source("c.ts", "export const c = 33;\n");
    expect(resultOf(await run("a"))).toBe("33");
  });

  it("that no longer export a name leave it as it was, and it is said", async () => {
    const d = source("d.ts", "export const d = 1;\nexport const other = 1;\n");
    await run(`import { d } from "${d}";`);
    source("d.ts", "export const other = 2;\n");
    await pause(20);
    const after = await run('"next"');
    expect(printed(after, "stderr")).toContain("d.ts no longer exports d");
    source("d.ts", "export const d = 3;\n");
    await pause(20);
    expect(resultOf(await run("d"))).toBe("3");
  });

  it("with a mistake of syntax are named with the line", async () => {
    const path = source("wrong.ts", "export const fine = 1;\nexport const = 2;\n");
    const { traceback } = errorOf(await run(`const name = "${path}";\nawait import(name);`));
    expect(traceback.join("\n")).toMatch(/wrong\.ts:2/);
  });
});
