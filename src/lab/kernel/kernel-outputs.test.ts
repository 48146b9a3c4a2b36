import { describe, expect, it } from "vitest";
import { type ExecuteResult } from "../kernel-client.ts";
import { htmlOf, kernelForTests, printed, resultOf } from "./kernel-for-tests.ts";

const kernel = kernelForTests();
const { run } = kernel;

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
      (await kernel
        .client()
        .request("complete_request", { code, cursor_pos: Array.from(code).length })) as never;
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
    const found = await kernel.client().request("inspect_request", {
      code: "resample(",
      cursor_pos: 9,
      detail_level: 0,
    });
    expect(found).toMatchObject({ found: true });
    expect(JSON.stringify(found["data"])).toContain("Higher bars on the calendar of");
    expect(await kernel.client().request("inspect_request", { code: "   ", cursor_pos: 1 })).toMatchObject({
      found: false,
    });
  });

  it("completes while a cell runs", async () => {
    const running = run("await new Promise((r) => setTimeout(r, 1500));\n'end'");
    let isDone = false;
    void running.then(() => (isDone = true));
    expect(
      await kernel.client().request("complete_request", { code: "Math.cb", cursor_pos: 7 }),
    ).toMatchObject({
      matches: ["cbrt"],
    });
    expect(isDone).toBe(false);
    expect(resultOf(await running)).toBe("'end'");
  });

  it("tells a finished cell from one that goes on", async () => {
    expect(await kernel.client().request("is_complete_request", { code: "const a = 1;" })).toMatchObject({
      status: "complete",
    });
    expect(await kernel.client().request("is_complete_request", { code: "if (true) {" })).toMatchObject({
      status: "incomplete",
    });
  });

  it("says who it is", async () => {
    const info = await kernel.client().request("kernel_info_request", {});
    expect(info).toMatchObject({
      status: "ok",
      language_info: { name: "typescript", file_extension: ".ts" },
    });
  });
});
