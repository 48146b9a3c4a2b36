import { describe, expect, it } from "vitest";
import type { Notebook } from "./notebook-file.ts";
import { withParameters } from "./parameters.ts";

const notebook = (source: string): Notebook => ({ cells: [{ kind: "code", source, tags: ["parameters"] }] });
const read = (source: string, wanted: Readonly<Record<string, string>> = {}): unknown =>
  withParameters(notebook(source), wanted, "/nowhere").parameters;

describe("the parameters of a notebook", () => {
  it("are read as TypeScript reads them", () => {
    const source = `// what to read
const url = "http://x.com/a"; // a page
const single = 'it "is"', sign: number = -1_000.5;
let flag: boolean = true;
const list = [1, "b", { c: null }] as const;
const text = \`a;b\`;
`;
    expect(read(source)).toEqual({
      url: "http://x.com/a",
      single: 'it "is"',
      sign: -1000.5,
      flag: true,
      list: [1, "b", { c: null }],
      text: "a;b",
    });
    expect(read(source, { url: "http://y.com", sign: "7", list: "[2]" })).toMatchObject({
      ...{ url: "http://y.com", sign: 7, list: [2] },
    });
  });

  it("are refused where their value is no literal, with the line", () => {
    const source = "const factor = 3;\nconst span = 2 * 3;";
    expect(() => read(source)).toThrow(/line 2.*span.*2 \* 3/);
    expect(() => read("const { a } = { a: 1 };")).toThrow(/line 1/);
    expect(() => read("const inner = [1, Math.PI];")).toThrow(/line 1/);
    expect(() => read("const none;")).toThrow(/line 1/);
  });

  it("may stand beside statements of other kinds", () => {
    expect(read('import { x } from "rhyme";\nconst a = 1;\nconsole.log(a);')).toEqual({ a: 1 });
  });

  it("keep their kind when they are set", () => {
    expect(read('const symbol = "X";', { symbol: "500" })).toEqual({ symbol: "500" });
    expect(() => read("const n = 1;", { n: "many" })).toThrow(/number/);
    expect(() => read("const list = [1];", { list: "text" })).toThrow(/JSON/);
    expect(() => read("const n = 1;", { m: "1" })).toThrow(/one of n/);
  });
});
