import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { connectKernel, type ExecuteResult, type KernelClient, type Output } from "../kernel-client.ts";
import { startKernel, type KernelProcess } from "../start-kernel.ts";

// One kernel for all tests, driven over Jupyter's protocol as a notebook drives it. That it is still alive and well at
// the end of each test is part of what is tested.

const NOTEBOOKS = fileURLToPath(new URL("../../../notebooks/", import.meta.url));
// Inside src, so that it counts as source of the project.
const SCRATCH = fileURLToPath(new URL("../../scratch-of-kernel-test/", import.meta.url));

let kernel: KernelProcess;
let client: KernelClient;
let at: TemporaryFolder;
beforeAll(async () => {
  at = temporaryFolder();
  mkdirSync(SCRATCH, { recursive: true });
  kernel = await startKernel(NOTEBOOKS);
  client = await connectKernel(kernel.connection);
}, 120_000);
afterAll(() => {
  client.close();
  kernel.kill();
  rmSync(SCRATCH, { recursive: true, force: true });
  at.remove();
});
beforeEach(() => {
  if (kernel.child.exitCode !== null) throw new Error("the kernel is dead");
});

const run = (code: string, cellId?: string): Promise<ExecuteResult> =>
  client.execute(code, cellId === undefined ? {} : { cellId });

/** Of the last value, as text. */
function resultOf({ outputs }: ExecuteResult): unknown {
  const result = outputs.find((output) => output.output_type === "execute_result");
  return result?.output_type === "execute_result" ? result.data["text/plain"] : outputs;
}

function errorOf({ status, outputs }: ExecuteResult): Extract<Output, { output_type: "error" }> {
  const error = outputs.find((output) => output.output_type === "error");
  if (status !== "error" || error?.output_type !== "error")
    throw new Error(`no error: ${JSON.stringify(outputs)}`);
  return error;
}

function htmlOf(outputs: readonly Output[]): string {
  const html = outputs.map((output) => ("data" in output ? output.data["text/html"] : undefined));
  return html.filter((one) => typeof one === "string").join("");
}

const printed = ({ outputs }: ExecuteResult, stream: "stdout" | "stderr"): string =>
  outputs
    .map((output) => (output.output_type === "stream" && output.name === stream ? output.text : ""))
    .join("");

const source = (name: string, text: string): string => {
  const file = join(SCRATCH, name);
  writeFileSync(file, text);
  return `../src/scratch-of-kernel-test/${name}`;
};

describe("a cell", () => {
  it("is announced, gives its value as a result and says that it is done, in this order", async () => {
    const { published, reply } = await run("6 * 7");
    expect(published.map(({ type, content }) => [type, content["execution_state"]])).toEqual([
      ["status", "busy"],
      ["execute_input", undefined],
      ["execute_result", undefined],
      ["status", "idle"],
    ]);
    const count = reply["execution_count"];
    expect(published[1]!.content).toEqual({ code: "6 * 7", execution_count: count });
    expect(published[2]!.content).toMatchObject({ execution_count: count, data: { "text/plain": "42" } });
    expect(reply).toMatchObject({ status: "ok", payload: [], user_expressions: {} });
  });

  it("shows nothing for undefined, null and statements, and false for false", async () => {
    for (const code of ["undefined", "null", "const nothing = 1;", "", "// a remark"])
      expect((await run(code)).outputs).toEqual([]);
    expect(resultOf(await run("1 > 2"))).toBe("false");
  });

  it("prints to both streams in order", async () => {
    const { outputs } = await run('console.log("a"); console.error("b"); void process.stdout.write("c\\n");');
    expect(outputs).toMatchObject([
      { name: "stdout", text: "a\n" },
      { name: "stderr", text: "b\n" },
      { name: "stdout", text: "c\n" },
    ]);
  });

  it("awaits at its top level, and loops over what comes later", async () => {
    expect(resultOf(await run("const later = await Promise.resolve(5);\nlater + 1"))).toBe("6");
    await run("async function* three() { yield 1; yield 2; yield 3; }");
    expect(resultOf(await run("let sum = 0;\nfor await (const one of three()) sum += one;\nsum"))).toBe("6");
  });

  it("disposes what it uses when it ends, and knows both kinds of using", async () => {
    await run(
      "const log: string[] = [];\nconst held = (name: string) => ({ [Symbol.dispose]() { log.push(name); } });",
    );
    await run('using first = held("first");\nusing second = held("second");\nlog.push("body");');
    expect(resultOf(await run("log.join()"))).toBe("'body,second,first'");
    await run('await using late = { async [Symbol.asyncDispose]() { log.push("late"); } };');
    expect(resultOf(await run("log.at(-1)"))).toBe("'late'");
  });

  it("imports JSON with attributes, packages, Node's modules and the place where it runs", async () => {
    await run('import about from "../package.json" with { type: "json" };\nimport pl from "nodejs-polars";');
    await run('import { basename } from "node:path";');
    expect(
      resultOf(await run("[about.name, basename(import.meta.dirname), typeof pl.DataFrame].join()")),
    ).toBe("'rhyme,notebooks,function'");
    const lazy = await run('const { MINUTE } = await import("../src/lib/time/units.ts");\nMINUTE');
    expect(resultOf(lazy)).toBe("60000");
  });

  it("says its time and memory in the reply", async () => {
    const { replyMetadata } = await run("const big = new Float64Array(4_000_000).fill(1);\nbig.length");
    const cost = replyMetadata["rhyme"] as Record<string, number>;
    expect(cost["heapGrowth"]).toBeGreaterThan(30e6);
    expect(cost["milliseconds"]).toBeGreaterThan(0);
    expect(cost["resident"]).toBeGreaterThan(cost["heapGrowth"]!);
  });

  it("runs silently without a number or a trace", async () => {
    const before = Number((await run("1")).reply["execution_count"]);
    const { published } = await client.execute("2", { silent: true });
    expect(published.map(({ type }) => type)).toEqual(["status", "status"]);
    expect(Number((await run("3")).reply["execution_count"])).toBe(before + 1);
  });
});

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

describe("variables across cells", () => {
  it("may be declared anew with another type, as const, let, function, class and import", async () => {
    await run("const x = 1;");
    expect(resultOf(await run('const x = "one";\nx.length'))).toBe("3");
    expect(resultOf(await run("let x = [1, 2];\nx.length"))).toBe("2");
    expect(resultOf(await run("function x() { return 4; }\nx()"))).toBe("4");
    expect(resultOf(await run("class x { five = 5 }\nnew x().five"))).toBe("5");
    expect(resultOf(await run('import { MINUTE as x } from "rhyme/time/units";\nx'))).toBe("60000");
  });

  it("are seen by functions of earlier cells when they change or are declared anew", async () => {
    await run(
      "let step = 1;\nfunction next(n: number) { return n + step; }\nconst later = (n: number) => next(n);",
    );
    await run("step = 10;");
    expect(resultOf(await run("next(1)"))).toBe("11");
    await run("const step = 100;");
    expect(resultOf(await run("next(1)"))).toBe("101");
    await run("function next(n: number) { return -n; }");
    expect(resultOf(await run("later(3)"))).toBe("-3");
  });

  it("work in shorthand, destructuring, counting and nested names", async () => {
    await run("let a = 1, b = 2;\nconst { c, d: [e] } = { c: 3, d: [4] };");
    expect(resultOf(await run("const all = { a, b, c, e };\nObject.values(all).join()"))).toBe("'1,2,3,4'");
    await run("[a, b] = [b, a];\na++;\n({ a: b } = { a: 7 });");
    expect(resultOf(await run("[a, b].join()"))).toBe("'3,7'");
    expect(resultOf(await run("(() => { const a = 50; return [a, b].join(); })()"))).toBe("'50,7'");
  });

  it("keep their old value when a cell fails before it gives a new one, and the new one otherwise", async () => {
    await run("const kept = 1;");
    errorOf(await run('if (Date.now() > 0) throw new Error("first");\nconst kept = 2;'));
    expect(resultOf(await run("kept"))).toBe("1");
    errorOf(await run('const made = [1, 2, 3];\nthrow new Error("then");'));
    expect(resultOf(await run("made.length"))).toBe("3");
  });

  it("cannot be exported, and the message says what to do instead", async () => {
    const { evalue } = errorOf(await run("const one = 1;\nexport const two = 2;"));
    expect(evalue).toBe(
      "2:1 A cell cannot export. Leave `export` out: later cells see every name of this one.",
    );
  });
});

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

describe("the stop button", () => {
  const stopAfter = async (
    code: string,
    ms: number,
  ): Promise<{ readonly result: ExecuteResult; readonly took: number }> => {
    const running = run(code);
    await new Promise((done) => setTimeout(done, ms));
    await client.interrupt();
    const start = performance.now();
    const result = await running;
    return { result, took: performance.now() - start };
  };
  it("ends endless loops, before and after an await, and in a function of the library", async () => {
    for (const loop of [
      "while (true) {}",
      "await null;\nfor (;;) {}",
      "[1].forEach(() => { for (;;) {} });",
    ]) {
      const { result } = await stopAfter(loop, 700);
      expect(errorOf(result)).toMatchObject({ ename: "Interrupted" });
      expect(resultOf(await run("2 + 2"))).toBe("4");
    }
  });

  it("ends a wait, and its signal reaches what was handed it", async () => {
    await run('import { interruptSignal } from "rhyme/notebook";\nlet heard = "nothing";');
    const code =
      'const signal = interruptSignal();\nsignal.addEventListener("abort", () => (heard = signal.reason.name));\nawait new Promise(() => {});';
    const { result } = await stopAfter(code, 900);
    expect(errorOf(result).ename).toBe("Interrupted");
    expect(resultOf(await run("heard"))).toBe("'Interrupted'");
    expect(resultOf(await run("interruptSignal().aborted"))).toBe("false");
  });

  it("works although a cell listens to the signal of the operating system", async () => {
    await run('process.on("SIGINT", () => {});');
    const { result } = await stopAfter("await new Promise(() => {});", 700);
    expect(errorOf(result).ename).toBe("Interrupted");
    expect(resultOf(await run("3 + 3"))).toBe("6");
  });

  it("works right after a cell was sent, while its types are still checked", async () => {
    const running = run("while (true) {}");
    await client.interrupt();
    expect(errorOf(await running).ename).toBe("Interrupted");
    expect(resultOf(await run("5 + 5"))).toBe("10");
  });

  it("does nothing where nothing runs", async () => {
    await client.interrupt();
    expect(resultOf(await run("4 + 4"))).toBe("8");
  });
});

describe("outputs", () => {
  it("without end are cut, and the cell says so", async () => {
    const { outputs } = await run('for (let i = 0; i < 300_000; i++) console.log("0123456789");\n"done"');
    const text = printed({ outputs } as ExecuteResult, "stdout");
    expect(text.length).toBe(1_000_000);
    expect(printed({ outputs } as ExecuteResult, "stderr")).toContain(
      "printed more than 1,000,000 characters",
    );
    expect(resultOf({ outputs } as ExecuteResult)).toBe("'done'");
  });

  it("of a bar move in place", async () => {
    await run('import { progress, show, plot, table } from "rhyme/notebook";');
    const { outputs, published } = await run(
      'const bar = progress("work", 3);\nfor (let i = 1; i <= 3; i++) { await new Promise((r) => setTimeout(r, 100)); bar.update(i); }\nbar.end();',
    );
    expect(outputs).toHaveLength(1);
    expect(outputs[0]).toMatchObject({ output_type: "display_data" });
    expect(published.filter(({ type }) => type === "update_display_data").length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(outputs[0])).toContain("work 3 / 3");
  });

  it("that come after the cell belong to the cell that caused them", async () => {
    const early = await run('setTimeout(() => console.log("late"), 150);\n"first"');
    expect(resultOf(early)).toBe("'first'");
    const next = await run('await new Promise((r) => setTimeout(r, 400));\n"second"');
    expect(printed(next, "stdout")).toBe("");
  });

  it("are tables for polars frames and series, lists of like objects, and what has its own display", async () => {
    await run(
      'import pl from "nodejs-polars";\nconst frame = pl.DataFrame({ n: [1, 2.5], word: ["a", "<b>"] });',
    );
    for (const code of [
      "frame",
      'frame.getColumn("n")',
      '[{ n: 1, w: "x" }, { n: 2, w: "<b>" }]',
      "table([{ n: 1 }])",
    ]) {
      const { outputs } = await run(code);
      const html = htmlOf(outputs);
      expect({ code, isTable: html.includes("<table>"), isRaw: html.includes("<b>") }).toEqual({
        code,
        isTable: true,
        isRaw: false,
      });
    }
    const own = await run('({ [Symbol.for("Jupyter.display")]: () => ({ "text/markdown": "**own**" }) })');
    expect(own.outputs[0]).toMatchObject({ data: { "text/markdown": "**own**" } });
  });

  it("of figures carry the charting library once, and again when its cell is run again", async () => {
    const size = async (cellId: string): Promise<number> =>
      JSON.stringify((await run('plot({ data: [{ type: "bar", y: [1, 2] }], layout: {} })', cellId)).outputs)
        .length;
    const first = await size("cell-a");
    const second = await size("cell-b");
    expect(first).toBeGreaterThan(1_500_000);
    expect(second).toBeLessThan(50_000);
    expect(await size("cell-a")).toBe(first);
  });
});

describe("while writing", () => {
  it("completes members, names of earlier cells and imports, from the project's types, and says their kinds", async () => {
    await run('import { makeSeries, qualityReport } from "rhyme";\nconst report = { rows: 1, errors: 2 };');
    const complete = async (
      code: string,
    ): Promise<{ matches: string[]; cursor_start: number; metadata: object }> =>
      (await client.request("complete_request", { code, cursor_pos: Array.from(code).length })) as never;
    expect((await complete("report.e")).matches[0]).toBe("errors");
    expect((await complete("qualityRe")).matches).toContain("qualityReport");
    expect(await complete('const s = "🙂"; report.ro')).toMatchObject({
      matches: expect.arrayContaining(["rows"]),
      cursor_start: 22,
    });
    expect(JSON.stringify((await complete("makeS")).metadata)).toContain('"type":"alias"');
  });

  it("explains a name with its signature and what the source says about it", async () => {
    await run('import { resample } from "rhyme";');
    const found = await client.request("inspect_request", {
      code: "resample(",
      cursor_pos: 9,
      detail_level: 0,
    });
    expect(found).toMatchObject({ found: true });
    expect(JSON.stringify(found["data"])).toContain("Higher bars on the calendar of");
    expect(await client.request("inspect_request", { code: "   ", cursor_pos: 1 })).toMatchObject({
      found: false,
    });
  });

  it("completes while a cell runs", async () => {
    const running = run("await new Promise((r) => setTimeout(r, 1500));\n'end'");
    let isDone = false;
    void running.then(() => (isDone = true));
    expect(await client.request("complete_request", { code: "Math.cb", cursor_pos: 7 })).toMatchObject({
      matches: ["cbrt"],
    });
    expect(isDone).toBe(false);
    expect(resultOf(await running)).toBe("'end'");
  });

  it("tells a finished cell from one that goes on", async () => {
    expect(await client.request("is_complete_request", { code: "const a = 1;" })).toMatchObject({
      status: "complete",
    });
    expect(await client.request("is_complete_request", { code: "if (true) {" })).toMatchObject({
      status: "incomplete",
    });
  });

  it("says who it is", async () => {
    const info = await client.request("kernel_info_request", {});
    expect(info).toMatchObject({
      status: "ok",
      language_info: { name: "typescript", file_extension: ".ts" },
    });
  });
});

describe("the end", () => {
  it("comes when it is asked for, also while a cell is busy", async () => {
    const other = await startKernel(NOTEBOOKS);
    const second = await connectKernel(other.connection);
    const ended = new Promise((done) => other.child.once("exit", done));
    void second.execute("while (true) {}");
    await new Promise((done) => setTimeout(done, 3000));
    await second.shutdown();
    await ended;
    expect(other.child.exitCode ?? other.child.signalCode).not.toBeNull();
    second.close();
  });
});

describe("two kernels on one memory", () => {
  it("read together; the second writer is told who writes", async () => {
    const other = await startKernel(NOTEBOOKS);
    const second = await connectKernel(other.connection);
    try {
      const folder = JSON.stringify(join(at.path, "memory"));
      const open = (mode: string): string =>
        `import { openMemoryFolder } from "rhyme";\nconst memory = openMemoryFolder(${folder}, { mode: "${mode}", deadlineMs: 100 });`;
      expect((await run(open("write"))).outputs).toEqual([]);
      const { evalue } = errorOf(await second.execute(open("write")));
      expect(evalue).toContain(`process ${kernel.child.pid}`);
      expect((await second.execute(open("read"))).outputs).toEqual([]);
      expect(resultOf(await second.execute("1 + 1"))).toBe("2");
      expect(resultOf(await run("1 + 1"))).toBe("2");
    } finally {
      second.close();
      other.kill();
    }
  });
});
