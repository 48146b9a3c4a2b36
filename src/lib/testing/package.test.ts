import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PATIENCE_MS = 240_000;
const NPM_FLAGS = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
const CONSUMER = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2023"],
    module: "nodenext",
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    typeRoots: [join(ROOT, "node_modules/@types")],
    types: ["node"],
  },
  files: ["example.ts"],
};

let folder = "";
let tarball = "";

/** What the README shows under "The class that agents call": the test runs that text, not a copy of it. */
async function readmeExample(): Promise<string> {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const start = readme.search(/<!-- example -->|^## The class that agents call/m);
  const block = start < 0 ? null : /^```ts\n([\s\S]*?)^```/m.exec(readme.slice(start));
  if (!block) throw new Error('README.md: expected a ```ts block after "## The class that agents call"');
  return block[1]!;
}

/** Runs a program and returns its stdout; what it said belongs into the message when it fails. */
async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" };
  try {
    return (await promisify(execFile)(command, args, { cwd, env, maxBuffer: 1 << 26 })).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")} failed\n${stdout}\n${stderr}`, { cause: error });
  }
}

/**
 * Type errors in the example and in this package's declarations. Those of TensorFlow.js name browser and WebGPU
 * types that its own packages declare in conflict with TypeScript 6; a user skips them with `skipLibCheck`.
 */
async function ourTypeErrors(typescript: string, cwd: string): Promise<string[]> {
  const command = promisify(execFile)(process.execPath, [typescript, "-p", "tsconfig.json"], {
    cwd,
    maxBuffer: 1 << 26,
  });
  const { stdout } = await command.catch((error: { stdout: string }) => error);
  return stdout
    .split("\n")
    .filter((line) => /error TS/.test(line) && /^(example\.ts|node_modules\/rhyme\/)/.test(line));
}

/** A copy of what is packed, so that building never touches the checkout. */
async function stage(into: string): Promise<void> {
  const parts = [
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
  ];
  for (const part of [...parts, "artefacts", "src/lib", "weaviate"]) {
    const exists = await stat(join(ROOT, part)).catch(() => null);
    if (exists) await cp(join(ROOT, part), join(into, part), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(into, "node_modules"));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rhyme-package-"));
  const staged = join(folder, "staged");
  await mkdir(join(folder, "consumer"), { recursive: true });
  await mkdir(staged);
  await stage(staged);
  await run("npm", ["pack", "--pack-destination", folder, ...NPM_FLAGS], staged);
  tarball = join(
    folder,
    (await readdir(folder)).find((name) => name.endsWith(".tgz"))!,
  );
}, PATIENCE_MS);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packed package", () => {
  it("holds the built library, its licence and README, and no test or test helper", async () => {
    const names = (await run("tar", ["-tzf", tarball], folder)).trim().split("\n");
    expect(names).toEqual(
      expect.arrayContaining([
        "package/dist/src/lib/index.js",
        "package/dist/src/lib/index.d.ts",
        "package/LICENSE",
      ]),
    );
    expect(names.filter((name) => /\.test|test-prop|\/testing\/|\/golden\/|\/cli\//.test(name))).toEqual([]);
    expect(names.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });

  it(
    "installs in an empty folder, where the README's example type-checks and runs",
    async () => {
      const consumer = join(folder, "consumer");
      await writeFile(
        join(consumer, "package.json"),
        JSON.stringify({ name: "consumer", private: true, type: "module" }),
      );
      await writeFile(join(consumer, "tsconfig.json"), JSON.stringify(CONSUMER));
      await writeFile(join(consumer, "example.ts"), await readmeExample());
      await run("npm", ["install", tarball, ...NPM_FLAGS], consumer);
      const typescript = join(ROOT, "node_modules/typescript/bin/tsc");
      expect(await ourTypeErrors(typescript, consumer)).toEqual([]);
      const output = await run(
        process.execPath,
        ["--disable-warning=ExperimentalWarning", "example.ts"],
        consumer,
      );
      expect(output.trim()).not.toBe("");
    },
    PATIENCE_MS,
  );
});
