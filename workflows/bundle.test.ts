import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DefaultLogger } from "@temporalio/worker";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../src/lib/testing/temporary-folder.ts";
import { buildIdOf, workflowCode } from "./bundle.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const QUIET = new DefaultLogger("ERROR", () => undefined);

/** Imports that are there when types are gone, by what they name. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8").replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "");
  const found = text.matchAll(
    /^(?:import|export)\s+(?!type\b)([^;]*?)from\s+"([^"]+)"|^import\s+"([^"]+)"/gm,
  );
  return [...found]
    .filter(([, names]) => !/^\{(?:\s*type [^,}]+,?)*\s*\}\s*$/.test(names ?? ""))
    .map(([, , from, bare]) => (from ?? bare)!);
}

/** All files that a workflow consists of, and the packages that they need. */
function closureOf(entry: string): {
  readonly files: readonly string[];
  readonly packages: ReadonlySet<string>;
} {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const from of importsOf(file))
      if (from.startsWith(".")) visit(resolve(dirname(file), from));
      else packages.add(from);
  };
  visit(entry);
  return { files: [...files], packages };
}

describe("the code of workflows", () => {
  const { files, packages } = closureOf(join(HERE, "all-workflows.ts"));
  const named = files.map((file) => relative(HERE, file));

  it("is the files of this folder and Temporal's own, without the library and without Node", () => {
    expect(named).toContain("backfill/plan.ts");
    expect(named.filter((name) => name.startsWith(".."))).toEqual([]);
    expect([...packages].sort()).toEqual(["@temporalio/common", "@temporalio/workflow"]);
    for (const name of builtinModules) expect(packages.has(name)).toBe(false);
  });

  it("knows activities and what computes by their types alone", () => {
    const forbidden =
      /(^|\/)(activities|tasks|worker|client|local|job-folder|memory-access|failures)\.ts$|^compute\//;
    expect(named.filter((name) => forbidden.test(name))).toEqual([]);
  });

  it("has no mathematics: of Math only what chooses, and no arrays of numbers", () => {
    for (const file of files) {
      const code = readFileSync(file, "utf8").replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
      expect({
        file,
        found: /\bMath\.(?!min\b|max\b)|\b(?:Float|Int|Uint)\d+(?:Clamped)?Array\b/.exec(code)?.[0],
      }).toEqual({
        file,
        found: undefined,
      });
    }
  });

  it("is bundled, with a build that changes with what workflows say and with nothing else", async () => {
    const { code, buildId } = await workflowCode(QUIET);
    expect(code).not.toContain("src/lib/");
    expect(buildId).toMatch(/^[0-9a-f]{16}$/);
    expect((await workflowCode(QUIET)).buildId).toBe(buildId);
    expect(buildIdOf(code.replace("continueAsNewSuggested", "historyLength"))).not.toBe(buildId);
  });

  it("is refused where a workflow touches Node", async () => {
    const at = temporaryFolder();
    try {
      const folder = join(at.path, "workflows");
      mkdirSync(folder);
      const file = join(folder, "reads.ts");
      writeFileSync(
        file,
        'import { readFileSync } from "node:fs";\nexport const reads = async () => readFileSync("/x");\n',
      );
      const said: string[] = [];
      const logger = new DefaultLogger("ERROR", ({ message }) => void said.push(message));
      await expect(workflowCode(logger, file)).rejects.toThrow(/errors/);
      expect(said.join()).toContain("node:fs");
    } finally {
      at.remove();
    }
  });
});
