import { afterEach, expect, it, vi } from "vitest";
import { createUi } from "../ui.ts";
import { notebookUi } from "./notebook-ui.ts";

afterEach(() => void vi.restoreAllMocks());

it("a command in a notebook says nothing on its own", () => {
  const written: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => (written.push(String(text)), true));
  const ui = notebookUi();
  ui.out("result");
  ui.note("remark");
  ui.json({});
  ui.table([["a"], [1]]);
  const bar = ui.progress("fitting", 3);
  bar.update(1, "half");
  bar.done();
  expect(written).toEqual([]);
  createUi().out("said");
  expect(written).toEqual(["said\n"]); // the mock hears what is said
});
