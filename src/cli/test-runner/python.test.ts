import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { createUi } from "../ui.ts";
import { providePython } from "./python.ts";

/** Stands for a Python: writes down what it is asked to do; FAKE_WITHOUT lists modules that it lacks. */
const FAKE = `#!/bin/sh
echo "$*" >> "$FAKE_LOG"
case "$1 $2" in
  "-m venv") case "$FAKE_WITHOUT" in *venv*) exit 1 ;; esac
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip") case "$FAKE_WITHOUT" in *pip*) echo "No module named pip" >&2; exit 1 ;; esac
    sleep 0.2
    case "$*" in *install*) case "$FAKE_WITHOUT" in *network*) echo "no route to host" >&2; exit 1 ;; esac ;; esac ;;
esac
`;

let at: TemporaryFolder;
let fake: string;
beforeEach(() => {
  at = temporaryFolder();
  fake = join(at.path, "python3");
  writeFileSync(fake, FAKE);
  chmodSync(fake, 0o755);
  writeFileSync(join(at.path, "requirements.txt"), "x==1\n");
  process.env["FAKE_LOG"] = join(at.path, "log");
  process.env["FAKE_WITHOUT"] = "";
});
afterEach(() => {
  delete process.env["FAKE_LOG"];
  delete process.env["FAKE_WITHOUT"];
  at.remove();
});

const provide = async (env: Record<string, string> = {}, python = fake) => {
  const own: Record<string, string | undefined> = { XDG_CACHE_HOME: join(at.path, "cache"), ...env };
  const ui = createUi({ quiet: true });
  const signal = new AbortController().signal;
  const requirements = join(at.path, "requirements.txt");
  const failure = await providePython({ ui, signal, env: own, python, requirements });
  return { failure, python: own["RHYME_PYTHON"] };
};
const WANTED = { RHYME_REQUIRE: "python" };
const installs = (): number =>
  existsSync(join(at.path, "log"))
    ? (readFileSync(join(at.path, "log"), "utf8").match(/pip install/g) ?? []).length
    : 0;
const folder = (): string => {
  const cache = join(at.path, "cache", "rhyme");
  return join(
    cache,
    readdirSync(cache).find((name) => /^python-[0-9a-f]{16}$/.test(name))!,
  );
};

describe("the Python of the tests", () => {
  it("is installed when it is required, once, and found again when it is not", async () => {
    expect(await provide()).toEqual({ failure: null, python: undefined });
    expect(installs()).toBe(0);
    const first = await provide(WANTED);
    expect(first).toEqual({ failure: null, python: join(folder(), "bin", "python") });
    expect(await provide(WANTED)).toEqual(first);
    expect(await provide()).toEqual(first);
    expect(installs()).toBe(1);
    expect(await provide({ ...WANTED, RHYME_PYTHON: "/mine" })).toEqual({ failure: null, python: "/mine" });
  });

  it("is installed anew for other requirements, after an interrupted installation, and when its base is gone", async () => {
    await provide(WANTED);
    rmSync(join(folder(), "complete"));
    writeFileSync(join(folder(), "half"), "");
    expect((await provide()).python).toBeUndefined();
    await provide(WANTED);
    expect(existsSync(join(folder(), "half"))).toBe(false);
    rmSync(join(folder(), "bin", "python"));
    await provide(WANTED);
    expect(installs()).toBe(3);
    writeFileSync(join(at.path, "requirements.txt"), "x==2\n");
    await provide(WANTED);
    expect(installs()).toBe(4);
  });

  it("is installed by one of two that start at once; the other waits and finds it", async () => {
    const both = await Promise.all([provide(WANTED), provide(WANTED)]);
    expect(both[0]).toEqual(both[1]);
    expect(both[0].failure).toBeNull();
    expect(installs()).toBe(1);
  });

  it("needs no venv where pip can install into a folder", async () => {
    process.env["FAKE_WITHOUT"] = "venv";
    const { failure, python } = await provide(WANTED);
    expect(failure).toBeNull();
    expect(readFileSync(python!, "utf8")).toContain(`PYTHONPATH='${join(folder(), "site")}'`);
    expect(readFileSync(join(at.path, "log"), "utf8")).toContain(`--target ${join(folder(), "site")}`);
  });

  it("says what is missing, and leaves nothing half done", async () => {
    expect((await provide(WANTED, join(at.path, "none"))).failure).toMatch(/install Python 3\.11 or newer/);
    process.env["FAKE_WITHOUT"] = "venv pip";
    expect((await provide(WANTED)).failure).toMatch(/neither venv nor pip.*apt install python3-venv/);
    process.env["FAKE_WITHOUT"] = "network";
    expect((await provide(WANTED)).failure).toMatch(/pip could not install .*\nno route to host/);
    expect(readdirSync(join(at.path, "cache", "rhyme"))).toEqual(["python.lock"]);
    mkdirSync(join(at.path, "file"));
    writeFileSync(join(at.path, "file", "rhyme"), "");
    const blocked = await provide({ ...WANTED, XDG_CACHE_HOME: join(at.path, "file", "rhyme") });
    expect(blocked.failure).toMatch(/cannot be made.*XDG_CACHE_HOME/);
  });
});
