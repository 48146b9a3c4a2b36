import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { provideServer, withoutServer } from "../test-runner/real-servers.ts";
import { createUi } from "../ui.ts";
import { goBinary, type GoProgram } from "./go-binary.ts";

/** Stands for Go: writes down what it is asked to do, and builds at once, never, or not before it is killed. */
const FAKE = `#!/bin/sh
echo "$*" >> "$FAKE_LOG"
case "$FAKE_GO" in
  fails) echo "go: module lookup disabled by GOPROXY=off" >&2; exit 1 ;;
  hangs) : > "$GOBIN/half"; echo "example.org/first" >&2; sleep 60 ;;
esac
sleep 0.2
echo "#!/bin/sh" > "$GOBIN/served"
`;

const PROGRAM: GoProgram = {
  ...{ name: "served", package: "example.org/served", version: "v1.0.0", file: "served", packages: 3 },
  ...{ costs: "no time", go: "1.26", otherwise: "use a container" },
};

let at: TemporaryFolder;
let cache: string;
beforeEach(() => {
  at = temporaryFolder();
  cache = join(at.path, "cache", "rhyme");
  mkdirSync(join(at.path, "bin"));
  writeFileSync(join(at.path, "bin", "go"), FAKE);
  chmodSync(join(at.path, "bin", "go"), 0o755);
});
afterEach(() => at.remove());

const environment = (more: Record<string, string> = {}): Record<string, string | undefined> => ({
  ...{ PATH: `${join(at.path, "bin")}:/usr/bin:/bin`, XDG_CACHE_HOME: join(at.path, "cache") },
  ...{ FAKE_LOG: join(at.path, "log"), FAKE_GO: "", ...more },
});
const build = (env = environment(), program = PROGRAM, signal = new AbortController().signal) =>
  goBinary(program, { ui: createUi({ quiet: true }), signal, env });
const builds = (): readonly string[] =>
  existsSync(join(at.path, "log")) ? readFileSync(join(at.path, "log"), "utf8").trim().split("\n") : [];

describe("a program that Go builds", () => {
  it("is built once for each version, and another version is not taken for it", async () => {
    const first = await build();
    expect(first).toBe(join(cache, "served-v1.0.0", "served"));
    expect(await build()).toBe(first);
    expect(builds()).toEqual(["install -v example.org/served@v1.0.0"]);
    const next = await build(environment(), { ...PROGRAM, version: "v1.0.1" });
    expect([existsSync(first), existsSync(next), next === first]).toEqual([true, true, false]);
    expect(builds()).toHaveLength(2);
  });

  it("is built by one of two that start at once; the other waits and finds it", async () => {
    const both = await Promise.all([build(), build()]);
    expect(both[0]).toBe(both[1]);
    expect(builds()).toHaveLength(1);
  });

  it("is there whole or not at all when its build is interrupted", async () => {
    const controller = new AbortController();
    const building = build(environment({ FAKE_GO: "hangs" }), PROGRAM, controller.signal);
    const half = (): boolean =>
      existsSync(cache) &&
      readdirSync(cache, { recursive: true }).some((name) => String(name).endsWith("half"));
    while (!half()) await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort(new Error("stopped"));
    await expect(building).rejects.toThrow("stopped");
    expect(readdirSync(cache)).toEqual(["served.lock"]);
  });

  it("leaves nothing of a build that was killed before", async () => {
    mkdirSync(join(cache, ".served-build-abc"), { recursive: true });
    await build();
    expect(readdirSync(cache).toSorted()).toEqual(["served-v1.0.0", "served.lock"]);
  });

  it("says what to do without Go, and what Go said where it cannot build", async () => {
    const without = build(environment({ PATH: join(at.path, "nothing") }));
    await expect(without).rejects.toThrow(/no go on the PATH.*go\.dev.*use a container/);
    await expect(build(environment({ FAKE_GO: "fails" }))).rejects.toThrow(/GOPROXY=off.*Go 1\.26/);
    expect(readdirSync(cache)).toEqual(["served.lock"]);
  });
});

describe("the Weaviate of the tests", () => {
  const provide = async (more: Record<string, string>) => {
    const env = environment(more);
    const signal = new AbortController().signal;
    const failure = await provideServer("weaviate", { ui: createUi({ quiet: true }), signal, env });
    return { failure, binary: env["RHYME_WEAVIATE"] };
  };

  it("is built only where it is required, and its absence is said there", async () => {
    expect(await provide({})).toEqual({ failure: null, binary: undefined });
    expect(builds()).toEqual([]);
    const { failure } = await provide({ RHYME_REQUIRE: "weaviate", PATH: join(at.path, "nothing") });
    expect(failure).toMatch(/no go on the PATH/);
  });

  it("is the one that is named, else the one in the cache", async () => {
    expect((await provide({ RHYME_WEAVIATE: "/mine" })).binary).toBe("/mine");
    const built = join(cache, "weaviate-v1.39.0");
    mkdirSync(built, { recursive: true });
    writeFileSync(join(built, "weaviate-server"), "");
    expect(await provide({})).toEqual({ failure: null, binary: join(built, "weaviate-server") });
  });

  it("is missed file by file where nothing requires it, and never where something does", () => {
    const tally = withoutServer("weaviate", {})!;
    expect(tally).toMatchObject({ check: "weaviate", passed: 0, failed: 0, failures: [] });
    expect(tally.skipped.map(({ file }) => file)).toContain("src/cli/services/services.weaviate.test.ts");
    expect(withoutServer("weaviate", { RHYME_REQUIRE: "weaviate" })).toBeNull();
    expect(withoutServer("weaviate", { RHYME_WEAVIATE: at.path })).toBeNull();
  });
});
