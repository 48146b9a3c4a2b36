import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notebookText } from "../../lab/notebook/notebook-file.ts";
import { fromPercent } from "../../lab/notebook/percent.ts";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { createUi } from "../ui.ts";
import { runNotebooksCheck } from "./notebooks-check.ts";
import type { Tally } from "./tally.ts";

const SOUND = `// %% tags=["parameters"]
const rows = 1_000_000;

// %% [raw] tags=["ci-parameters"]
// { "rows": 3 }

// %%
if (rows > 3) throw new Error("the parameters of CI were not set");
`;
const LEAKY = `// %%
import { openTensorFlow } from "rhyme/adapters/tfjs/open-tensorflow";
const tf = await openTensorFlow();
const kept = tf.tensor1d([1, 2]);

// %%
tf.tidy(() => void tf.tensor1d([3]));
`;
const TIDY = LEAKY.replace("tf.tidy(", "kept.dispose();\ntf.tidy(");

let at: TemporaryFolder;
beforeAll(() => void (at = temporaryFolder()));
afterAll(() => at.remove());

const ui = createUi({ quiet: true });
const signal = new AbortController().signal;

function put(name: string, twin: string, { isStale = false, ran = false } = {}): void {
  const notebook = fromPercent(isStale ? twin.replace("// %%\n", "// %%\n// another line\n") : twin);
  writeFileSync(join(at.path, `${name}.ts`), twin);
  const runs = ran ? notebook.cells.map(() => ({ outputs: [], count: 1 })) : [];
  writeFileSync(join(at.path, `${name}.ipynb`), notebookText(notebook, runs));
}

describe("the notebooks check of ./rhyme test", () => {
  let tally: Tally;
  beforeAll(async () => {
    put("01-sound", SOUND);
    put("02-failing", '// %%\nconst luck = "none";\n\n// %%\nthrow new Error(`luck: ${luck}`);\n');
    put("03-stale", "// %%\nconst a = 1;\n", { isStale: true });
    put("04-executed", "// %%\nconst a = 1;\n", { ran: true });
    put("05-alone", "// %%\nconst a = 1;\n");
    rmSync(join(at.path, "05-alone.ts"));
    put("06-leaky", LEAKY);
    put("07-tidy", TIDY);
    put("08-misled", '// %% [raw] tags=["ci-parameters"]\n// rows: 3\n');
    put("09-grumbling", "// %%\nconst n = 1;\n\n// %%\nconsole.error(`Error: ${n} candle`);\n");
    const late = 'setTimeout(() => void Promise.reject(new Error("too late")), 5);';
    put("10-careless", `// %%\nvoid Promise.reject(new Error("nobody waits"));\n\n// %%\n${late}\n`);
    writeFileSync(join(at.path, "helper.ts"), "export const no = 'notebook';\n");
    tally = await runNotebooksCheck({ ui, signal, folder: at.path });
  }, 180_000);

  it("counts every notebook, and runs them with their own parameters for CI", () => {
    expect(tally).toMatchObject({ check: "notebooks", passed: 2, failed: 8, skipped: [] });
    expect(tally.failures.filter((text) => /^0[17]/.test(text))).toEqual([]);
  });

  it("fails with a cell that fails, and says which, where and why", () => {
    const said = tally.failures.find((text) => text.startsWith("02-failing: "));
    expect(said).toContain("cell 2: Error: luck: none");
    expect(said).toContain("In [2]:1");
  });

  it("fails with what a cell writes to the error stream, and with a promise that nobody awaited", () => {
    const said = (name: string): string | undefined =>
      tally.failures.filter((text) => text.startsWith(name)).join("\n") || undefined;
    expect(said("09-grumbling")).toBe("09-grumbling: cell 2 prints an error: Error: 1 candle");
    expect(said("10-careless")).toMatch(
      /^10-careless: cell 1 prints an error: \[a promise that no cell awaited\] Error: nobody waits/,
    );
    expect(said("10-careless")?.match(/cell \d prints an error: .*/g)).toEqual([
      expect.stringContaining("cell 1 "),
      expect.stringMatching(/^cell 2 .*Error: too late/),
    ]);
  });

  it("fails without its twin, with a stale one, and with outputs", () => {
    const said = (name: string): string | undefined => tally.failures.find((text) => text.startsWith(name));
    expect(said("03-stale")).toContain("differ");
    expect(said("04-executed")).toContain("carries outputs");
    expect(said("05-alone")).toContain("no .ts twin");
  });

  it("fails with tensors that are left, and names the cell since which they are there", () => {
    const said = tally.failures.find((text) => text.startsWith("06-leaky: "));
    expect(said).toContain("1 tensors are left at its end, first after cell 1");
  });

  it("says what is wrong with parameters for CI that nobody can read", () => {
    expect(tally.failures.find((text) => text.startsWith("08-misled: "))).toContain("one JSON object");
  });

  it("fails with one that works for too long, and names its slowest cell", async () => {
    mkdirSync(join(at.path, "slow"));
    put("slow/01-slow", "// %%\nlet sum = 0;\nfor (let i = 0; i < 3e7; i++) sum += Math.sqrt(i);\n");
    const { failures } = await runNotebooksCheck({ ui, signal, folder: join(at.path, "slow"), most: 0.1 });
    expect(failures).toEqual([
      expect.stringMatching(/^01-slow: (cell 1: Timeout|it took .* 0.1 at most: cell 1)/),
    ]);
  });
});
