import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { notebookText, parseNotebook } from "../../lab/notebook/notebook-file.ts";
import { fromPercent } from "../../lab/notebook/percent.ts";
import { runRhyme } from "../../lib/testing/run-rhyme.ts";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";

let at: TemporaryFolder;
beforeAll(() => void (at = temporaryFolder()));
afterAll(() => at.remove());

const file = (name: string): string => join(at.path, name);
const rhyme = (...args: string[]) => runRhyme(at.path, "notebook", ...args);
const write = (name: string, text: string): string => {
  writeFileSync(file(name), text);
  return name;
};

const GOOD = `// %% [markdown]
// # Does it add up?

// %% tags=["parameters"]
const factor = 3;
const label = "thrice";

// %%
import { readFileSync } from "node:fs";
import { plot } from "rhyme/notebook";
const data = readFileSync("numbers.csv", "utf8").trim().split("\\n").map(Number);
const sum = data.reduce((a, b) => a + b, 0) * factor;
console.log(label === "thrice" ? \`thrice \${sum}\` : \`\${label} \${sum}\`);

// %%
plot({ data: [{ type: "bar", y: data }], layout: {} });
`;

const READER = `// %% tags=["parameters"]
const file = "";

// %%
import { calendarByName, readCandles } from "rhyme";
import { readFileSync } from "node:fs";
if (file.endsWith("gone.csv")) await readCandles([file], { calendar: calendarByName("24x7"), now: 0 });
if (readFileSync(file, "utf8") !== "7\\n") throw new Error("another file");
`;

const TOKYO = `import { calendarByName } from "rhyme";
export default { ...calendarByName("24x7"), name: "tokyo" };
`;

describe("./rhyme notebook run", () => {
  beforeAll(() => {
    write("numbers.csv", "1\n2\n3\n");
    write("good.ts", GOOD);
  });

  it("executes all cells without JupyterLab and writes the executed notebook where it is told to", () => {
    const { code, stdout } = rhyme("run", "good.ts", "--out", "done.ipynb");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok {2}good\.ts/) });
    const { cells } = JSON.parse(readFileSync(file("done.ipynb"), "utf8"));
    expect(cells[2].outputs).toEqual([{ output_type: "stream", name: "stdout", text: "thrice 18\n" }]);
    expect(cells[3].outputs[0].data["text/html"]).toContain("rhymeFigures");
    expect(existsSync(file("good.ipynb"))).toBe(false);
  });

  it("takes parameters of the same kind as the notebook's, and refuses others", () => {
    const { stdout } = rhyme("run", "good.ts", "--param", "factor=5", "--param", "label=500", "--json");
    const { runs } = JSON.parse(stdout);
    expect(runs[0].record.parameters).toEqual({ factor: 5, label: "500" });
    expect(runs[0].failed).toBeNull();
    const unknown = rhyme("run", "good.ts", "--param", "facto=5");
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("one of factor, label") });
    expect(rhyme("run", "good.ts", "--param", "factor=many")).toMatchObject({ code: 2 });
    expect(rhyme("run", "good.ts", "--param", "factor").stderr).toContain("name=value");
  });

  it("exits 1 with the real error, its cell and its line", () => {
    write(
      "bad.ts",
      'const x = 1;\n\n// %%\nfunction f() {\n  throw new Error("no luck");\n}\nf();\n\n// %%\nx;\n',
    );
    const { code, stdout } = rhyme("run", "bad.ts");
    expect(code).toBe(1);
    expect(stdout).toContain("failed  bad.ts, cell 2 (In [2]): Error: no luck");
    expect(stdout.split("no luck")).toHaveLength(2);
    expect(stdout).toMatch(/at f \(In \[2\]:2:9\)/);
    write("types.ts", "const y: string = 1;\n");
    expect(rhyme("run", "types.ts")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/cell 1.*: TypeScript: 1:7 Type 'number' is not assignable/),
    });
  });

  it("counts cells as they stand in the file, whatever a run puts between them", () => {
    write("late.ts", `${GOOD}\n// %%\nthrow new Error("late");\n`);
    const { stdout } = rhyme("run", "late.ts", "--param", "factor=2");
    expect(stdout).toContain("failed  late.ts, cell 5 (In [5]): Error: late");
  });

  it("takes the name of a file as the shell sees it, not as the notebook would", () => {
    mkdirSync(file("deep"));
    write("deep/one.ts", READER);
    write("prices.csv", "7\n");
    expect(rhyme("run", "deep/one.ts", "--param", "file=prices.csv")).toMatchObject({ code: 0 });
    const { stdout } = rhyme("run", "deep/one.ts", "--param", "file=gone.csv");
    expect(stdout).toContain(file("deep/gone.csv"));
  });

  it("knows the calendars that ./rhyme --calendars names", () => {
    write("tokyo.ts", TOKYO);
    write(
      "calendars.ts",
      'import { calendarByName } from "rhyme";\nconsole.log("open in", calendarByName("tokyo").name);\n',
    );
    const { code, stdout } = runRhyme(
      at.path,
      ...["--calendars", "tokyo.ts", "notebook", "run", "calendars.ts", "--out", "tokyo.ipynb"],
    );
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(readFileSync(file("tokyo.ipynb"), "utf8")).toContain("open in tokyo");
  });

  it("ends a cell that takes too long, and says how to give it more", () => {
    write("slow.ts", "while (true) {}\n");
    const { code, stdout } = rhyme("run", "slow.ts", "--timeout", "2");
    expect(code).toBe(1);
    expect(stdout).toContain(
      "cell 1 (In [1]): Timeout: The cell took longer than 2 s. Give it more with --timeout",
    );
  });

  it("does not count as data what the notebook made and deleted", () => {
    const file = '"made.csv"';
    write(
      "made.ts",
      `// %%
import fs from "node:fs";
fs.writeFileSync(${file}, "1");
const made = fs.readFileSync(${file}, "utf8");
fs.rmSync(${file});
`,
    );
    const { code, stdout } = rhyme("run", "made.ts", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout).runs[0]).toMatchObject({ failed: null, record: { data: [], dataHash: null } });
  });

  it("refuses what is no notebook", () => {
    write("not.ipynb", "{}");
    expect(rhyme("run", "not.ipynb")).toMatchObject({ code: 2, stderr: expect.stringContaining("format 4") });
    expect(rhyme("run", "gone.ipynb")).toMatchObject({ code: 2 });
    expect(rhyme("run", "good.csv")).toMatchObject({ code: 2, stderr: expect.stringContaining(".ipynb") });
  });
});

describe("./rhyme notebook export", () => {
  it("writes one page that fetches nothing, holds the charting library once, and says where it comes from", () => {
    const { code } = rhyme("export", "good.ts", "--html", "page.html", "--param", "factor=7");
    expect(code).toBe(0);
    const page = readFileSync(file("page.html"), "utf8");
    expect(page).toContain("<title>Does it add up?</title>");
    expect(page).toContain("default-src &#39;none&#39;");
    expect(page.replaceAll(/<script[\s\S]*?<\/script>/g, "")).not.toMatch(/(src|href)="?https?:/);
    expect(page.match(/class="rhyme-charting-library"/g)).toHaveLength(1);
    const record = JSON.parse(
      /<script type="application\/json" id="run">\s*([\s\S]*?)\s*<\/script>/.exec(page)![1]!,
    );
    expect(record).toMatchObject({
      schema: "rhyme.notebook-run/1",
      codeVersion: expect.stringMatching(/code [0-9a-f]{16}$/),
      parameters: { factor: 7, label: "thrice" },
      data: [{ file: file("numbers.csv"), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      dataHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe("prose that was written for the values that stand in a notebook", () => {
  const prose = `${GOOD}
// %% [markdown]
// _With the parameters as they stand:_ it is 18.
`;

  it("is left alone by a run with those values, and marked by one with others, at its place and at the top", () => {
    write("prose.ts", prose);
    const page = (...args: string[]): string => {
      expect(rhyme("export", "prose.ts", "--html", "prose.html", ...args)).toMatchObject({ code: 0 });
      return readFileSync(file("prose.html"), "utf8");
    };
    expect(page("--param", "factor=3")).not.toContain("This run set");
    const other = page("--param", "factor=7");
    expect(other.match(/This run set/g)).toHaveLength(2);
    expect(other).toContain("<code>factor = 7</code> instead of <code>3</code>");
    expect(other.indexOf("This run set")).toBeLessThan(other.indexOf('class="code parameters"'));
    expect(other.lastIndexOf("This run set")).toBeLessThan(other.indexOf("it is 18"));
  });
});

describe("./rhyme notebook pair and check", () => {
  it("make the missing half, follow the newer one, and leave outputs out", () => {
    write("two.ts", "// %%\nconst one = 1;\none;\n");
    expect(rhyme("pair", "two.ts").code).toBe(0);
    expect(parseNotebook(readFileSync(file("two.ipynb"), "utf8"), "two").cells).toHaveLength(1);
    expect(rhyme("check", "two.ipynb", "--no-types").stdout).toBe("ok  1 notebook\n");

    const executed = notebookText(fromPercent("// %%\nconst two = 2;\n"), [
      { outputs: [{ output_type: "stream", name: "stdout", text: "x" }], count: 4 },
    ]);
    write("two.ipynb", executed);
    utimesSync(file("two.ipynb"), new Date(), new Date(Date.now() + 5000));
    const { code, stdout } = rhyme("check", "two.ipynb", "--no-types");
    expect(code).toBe(1);
    expect(stdout).toContain("differ; the .ipynb was edited last");
    expect(stdout).toContain("carries outputs (cells 1)");
    rhyme("pair", "two.ipynb");
    expect(readFileSync(file("two.ts"), "utf8")).toBe("// %%\nconst two = 2;\n");
    expect(rhyme("check", "two.ts", "--no-types").code).toBe(0);
  });

  it("hold the notebooks of this project to their own rules, types among them", () => {
    const { code, stdout } = rhyme("check");
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^ok {2}\d+ notebooks?\n$/) });
  });
});

describe("./rhyme lab --check", () => {
  it("says what is missing without installing it", () => {
    const cache = process.env["XDG_CACHE_HOME"];
    process.env["XDG_CACHE_HOME"] = file("cache");
    const { code, stdout } = runRhyme(at.path, "lab", "--check", "--json");
    if (cache === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = cache;
    expect(code).toBe(1);
    const { parts } = JSON.parse(stdout);
    expect(parts).toContainEqual({ part: "JupyterLab", isThere: false, says: "./rhyme lab installs it" });
    expect(parts).toContainEqual({ part: "kernel", isThere: true, says: expect.stringContaining("main.ts") });
    expect(existsSync(file("cache"))).toBe(false);
  });
});
