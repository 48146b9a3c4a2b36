import { describe, expect, it } from "vitest";
import { errorOf, kernelForTests, resultOf } from "./kernel-for-tests.ts";

const kernel = kernelForTests();
const { run } = kernel;

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
    const { replyMetadata } = await run("const big = new Float64Array(8_000_000).fill(1);\nbig.length");
    const cost = replyMetadata["rhyme"] as Record<string, number>;
    expect(cost["heapGrowth"]).toBeGreaterThan(50e6); // of 64: what was garbage before may be gone
    expect(cost["milliseconds"]).toBeGreaterThan(0);
    expect(cost["resident"]).toBeGreaterThan(cost["heapGrowth"]!);
  });

  it("runs silently without a number or a trace", async () => {
    const before = Number((await run("1")).reply["execution_count"]);
    const { published } = await kernel.client().execute("2", { silent: true });
    expect(published.map(({ type }) => type)).toEqual(["status", "status"]);
    expect(Number((await run("3")).reply["execution_count"])).toBe(before + 1);
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
