import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const FILES = [
  "tsconfig.json",
  "package.json",
  "vitest.config.ts",
  ".oxlintrc.json",
  ".prettierrc.json",
  ".prettierignore",
];

// All of it happens in a copy of the checkout.
let at: TemporaryFolder;
beforeAll(() => {
  at = temporaryFolder();
  for (const name of ["src", "notebooks", "weaviate"])
    cpSync(join(ROOT, name), join(at.path, name), { recursive: true });
  for (const name of FILES) cpSync(join(ROOT, name), join(at.path, name));
  symlinkSync(join(ROOT, "node_modules"), join(at.path, "node_modules"));
});
afterAll(() => at.remove());

function node(...args: string[]) {
  const flags = ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...args], {
    ...{ cwd: at.path, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  });
  return { code: status, stdout, stderr };
}
const rhyme = (...args: string[]) => node("src/cli/main.ts", ...args);
const text = (path: string): string => readFileSync(join(at.path, path), "utf8");

describe("./rhyme new", () => {
  it("makes nothing with --dry-run, but shows all of it", () => {
    const { code, stdout } = rhyme("new", "feature", "gap-size", "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toContain("+++ src/lib/features/gap-size.ts");
    expect(stdout).toContain('+import { gapSize } from "./gap-size.ts";');
    expect(rhyme("new", "feature", "gap-size", "--dry-run").stdout).toBe(stdout);
  });

  it("makes a feature, a design and a notebook with all that belongs to them", () => {
    expect(rhyme("new", "feature", "gap-size", "--says", "how far the open | the close").code).toBe(0);
    expect(rhyme("new", "design", "wide-daily", "--says", "Reaches further back.").code).toBe(0);
    expect(rhyme("new", "notebook", "volume", "--says", "Does volume matter?").code).toBe(0);
    expect(text("src/lib/features/every-feature.ts")).toMatch(/ {2}gapSize\(\),\n\];/);
    expect(text("src/lib/features/README.md")).toMatch(
      /\| `gap-size` +\| sketch: how far the open \\\| the close +\|/,
    );
    expect(text("src/lib/graph/designs/every-design.ts")).toContain('"wide-daily": wideDaily');
    expect(text("src/lib/graph/designs/README.md")).toMatch(
      /\| `wide-daily` \| 1d, 1w, 1mo \| Reaches further back\./,
    );
    expect(text("notebooks/README.md")).toMatch(/\[13-volume\]\(13-volume\.ts\) +\| Does volume matter\?/);
    expect(text("notebooks/13-volume.ts")).toContain("// # Does volume matter?");
  });

  it("refuses to overwrite what was changed, shows what would be lost, and leaves alone what is the same", () => {
    expect(rhyme("new", "design", "wide-daily", "--says", "Reaches further back.").stdout).toContain(
      "there already",
    );
    const file = join(at.path, "src/lib/features/gap-size.ts");
    const [before, list] = [text("src/lib/features/gap-size.ts"), text("src/lib/features/every-feature.ts")];
    writeFileSync(file, before.replace("period = 10", "period = 11"));
    const { code, stderr } = rhyme("new", "feature", "gap-size", "--says", "how far the open | the close");
    expect(code).toBe(2);
    expect(stderr).toContain("-export function gapSize({ period = 11 }");
    expect(text("src/lib/features/every-feature.ts")).toBe(list);
    writeFileSync(file, before);
  });

  it("refuses names that no file or function can bear, and numbers that are taken", () => {
    for (const name of ["GapSize", "gap_size", "../gap", "new", "7th", ""])
      expect({ name, code: rhyme("new", "feature", name).code }).toEqual({ name, code: 2 });
    expect(rhyme("new", "notebook", "01-other")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("01-candles"),
    });
    expect(rhyme("new", "engine", "x").code).toBe(2);
  });
});

describe("promote", () => {
  const notebook = `// %%
import { type Feature } from "rhyme";
import { own } from "rhyme/features/own";
import { Ring } from "../src/lib/features/kernels/ring.ts";
import { promote } from "rhyme/notebook";

// %%
const floor = 1e-9;
function ratio(part: number, whole: number): number {
  return part / Math.max(whole, floor); // whole may be 0
}

// %%
/** Close over the mean of the last closes. */
function mine(period = 5): Feature {
  return {
    id: "over-mean",
    version: 1,
    params: { period },
    inputs: own("close"),
    outputs: ["overMean"],
    warmUp: { first: period - 1, settled: period - 1 },
    start() {
      const closes = new Ring(period);
      return {
        step(inputs, out, at) {
          closes.push(inputs[0]!);
          out[at] = closes.full ? ratio(inputs[0]!, closes.mean()) : NaN;
        },
      };
    },
  };
}

// %%
import { defaultDesign } from "rhyme";
const design = defaultDesign(["1h", "1d"], { dilations: [1, 3, 9], weights: "volume" });
await promote(design, "sparse-hours", { says: "Hours and days, few edges." });

// %%
await promote(mine, "over-mean", { says: "close over its mean" });

// %%
import { overMean } from "../src/lib/features/over-mean.ts";
if (overMean().id !== mine().id) throw new Error("not the same");
`;

  it("writes a feature and a design as the notebook has them, with tests that pass, and once only", () => {
    mkdirSync(join(at.path, "notebooks"), { recursive: true });
    writeFileSync(join(at.path, "notebooks/90-mine.ts"), notebook);
    // The last cell imports what the one before it writes.
    const first = rhyme("notebook", "run", "notebooks/90-mine.ts", "--out", "done.ipynb");
    expect({ code: first.code, said: first.stdout }).toEqual({
      code: 0,
      said: expect.stringContaining("ok"),
    });
    expect(text("done.ipynb")).toContain("+++ src/lib/graph/designs/sparse-hours.ts");
    const made = text("src/lib/features/over-mean.ts");
    expect(made).toContain("return part / Math.max(whole, floor); // whole may be 0");
    expect(made).toContain(
      "/** Close over the mean of the last closes. */\nexport function overMean(period = 5): Feature {",
    );
    expect(made).toContain('import { Ring } from "./kernels/ring.ts";');
    expect(text("src/lib/graph/designs/sparse-hours.ts")).toContain('timeframes: ["1h", "1d"]');
    const again = rhyme("notebook", "run", "notebooks/90-mine.ts", "--out", "done.ipynb");
    expect({ code: again.code, said: again.stdout }).toEqual({
      code: 0,
      said: expect.stringContaining("ok"),
    });
    expect(text("done.ipynb")).toContain("over-mean is there already, just like this");
    writeFileSync(join(at.path, "notebooks/90-mine.ts"), notebook.replace("[1, 3, 9]", "[1, 3]"));
    const other = rhyme("notebook", "run", "notebooks/90-mine.ts");
    expect(other).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("no such file yet, or the very same"),
    });
    rmSync(join(at.path, "notebooks/90-mine.ts"));
  }, 180_000);
});

describe("what was made", () => {
  it("passes the format check, the linter, the compiler, its own tests and the rules of the sources", () => {
    const made = ["src/lib/features", "src/lib/graph", "notebooks/13-volume.ts", "notebooks/README.md"];
    const prettier = "node_modules/prettier/bin/prettier.cjs";
    expect(node(prettier, "--check", "--log-level=warn", ...made)).toMatchObject({ code: 0 });
    const linted = node(
      "node_modules/oxlint/bin/oxlint",
      "--type-aware",
      "--deny-warnings",
      ...made.slice(0, 3),
    );
    expect({ code: linted.code, said: linted.stdout }).toMatchObject({ code: 0 });
    const { stdout } = node("node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--pretty", "false");
    const mine = /gap-size|wide-daily|over-mean|sparse-hours|13-volume|every-/;
    expect(stdout.split("\n").filter((line) => mine.test(line))).toEqual([]);
    const tests = [
      "features/gap-size",
      "features/over-mean",
      "features/warm-up",
      "graph/designs/",
      "testing/purity",
    ];
    const ran = node("node_modules/vitest/vitest.mjs", "run", ...tests);
    expect({ code: ran.code, said: ran.code === 0 ? "" : ran.stdout }).toEqual({ code: 0, said: "" });
    expect(ran.stdout).toMatch(/Test Files.* 6 passed/);
    const path = join(at.path, "src/lib/features/gap-size.ts");
    writeFileSync(path, text("src/lib/features/gap-size.ts").replace("close - closes.mean()", "close"));
    const other = node("node_modules/vitest/vitest.mjs", "run", "features/gap-size");
    expect({ code: other.code, said: other.stdout }).toEqual({
      code: 1,
      said: expect.stringContaining("is called a sketch"),
    });
    expect(rhyme("notebook", "check", "notebooks/13-volume.ts", "--no-types").code).toBe(0);
    const run = rhyme("notebook", "run", "notebooks/13-volume.ts");
    expect({ code: run.code, said: run.stdout }).toEqual({ code: 0, said: expect.stringContaining("ok") });
  }, 240_000);
});
