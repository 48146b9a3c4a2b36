import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

// The entry ./rhyme in a checkout of its own, with an npm that only notes that it was called.

const ENTRY = fileURLToPath(new URL("../../rhyme", import.meta.url));
const TOOLS = ["bash", "sh", "env", "readlink", "mkdir", "mv", "rm", "ln", "sleep", "cksum", "tr", "chmod"];
const MAIN = "console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }));";
const NPM = `#!/usr/bin/env bash
if [ "$1" = --version ]; then echo 11.0.0; exit; fi
echo "called $*" >>"$NPM_LOG"
echo "npm talks"
sleep 0.3
[ -z "\${NPM_FAILS:-}" ] || exit 1
mkdir -p node_modules
`;

let home = "";
let checkout = "";

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "rhyme entry ")));
  checkout = join(home, "check out");
  await mkdir(join(checkout, "src/cli"), { recursive: true });
  await copyFile(ENTRY, join(checkout, "rhyme"));
  await writeFile(join(checkout, "package-lock.json"), "{}");
  await writeFile(join(checkout, "src/cli/main.ts"), MAIN);
  for (const folder of ["tools", "lock", "node", "npm", "old", "elsewhere"]) await mkdir(join(home, folder));
  for (const tool of TOOLS) await symlink(where(tool), join(home, "tools", tool));
  await symlink(process.execPath, join(home, "node/node"));
  await program("npm/npm", NPM);
  await program("old/node", "#!/usr/bin/env bash\necho v20.1.0\n");
});

afterEach(() => rm(home, { recursive: true, force: true }));

function where(tool: string): string {
  return execFileSync("bash", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim();
}

async function program(path: string, text: string): Promise<void> {
  await writeFile(join(home, path), text);
  await chmod(join(home, path), 0o755);
}

interface Start {
  readonly args?: readonly string[];
  readonly path?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly entry?: string;
}

/** Starts the entry from another folder; resolves whatever its exit code. */
function start({
  args = [],
  path = ["tools", "node", "npm"],
  env = {},
  entry = join(checkout, "rhyme"),
}: Start = {}) {
  const PATH = path.map((folder) => join(home, folder)).join(":");
  const base = {
    PATH,
    HOME: home,
    XDG_CACHE_HOME: join(home, "cache"),
    NPM_LOG: join(home, "npm.log"),
    ...env,
  };
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: join(home, "elsewhere"), env: base, encoding: "utf8" } as const;
    execFile("bash", [entry, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

async function npmCalls(): Promise<number> {
  const log = await readFile(join(home, "npm.log"), "utf8").catch(() => "");
  return log.split("\n").filter((line) => line.startsWith("called ci")).length;
}

describe("./rhyme", () => {
  it("installs once per lockfile, keeps stdout for the command, and passes arguments and folder on", async () => {
    const first = await start({ args: ["ask", "two words"] });
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual({ args: ["ask", "two words"], cwd: join(home, "elsewhere") });
    expect(first.stderr).toContain("npm talks");
    expect(await start()).toMatchObject({ code: 0, stderr: "" });
    expect(await npmCalls()).toBe(1);
    await writeFile(join(checkout, "package-lock.json"), '{ "changed": true }');
    await start();
    expect(await npmCalls()).toBe(2);
  });

  it("works through a chain of symbolic links", async () => {
    await symlink(join(checkout, "rhyme"), join(home, "first"));
    await symlink("../first", join(home, "elsewhere/second"));
    expect((await start({ entry: join(home, "elsewhere/second") })).code).toBe(0);
    expect(existsSync(join(checkout, "node_modules"))).toBe(true);
  });

  it("lets simultaneous starts install one after the other, with flock and without", async () => {
    const flock = existsSync("/usr/bin/flock");
    if (flock) await symlink("/usr/bin/flock", join(home, "lock/flock"));
    for (const path of [["tools", "node", "npm"], ...(flock ? [["tools", "node", "npm", "lock"]] : [])]) {
      await rm(join(checkout, "node_modules"), { recursive: true, force: true });
      await rm(join(home, "npm.log"), { force: true });
      const codes = (await Promise.all([start({ path }), start({ path }), start({ path })])).map(
        ({ code }) => code,
      );
      expect({ codes, calls: await npmCalls() }).toEqual({ codes: [0, 0, 0], calls: 1 });
    }
  });

  it("takes over the lock of a start that died", async () => {
    const lock = execFileSync(
      "bash",
      ["-c", `printf %s "$1" | cksum | tr ' ' -`, "x", join(checkout, "package-lock.json")],
      {
        encoding: "utf8",
      },
    ).trim();
    await mkdir(join(home, "cache/rhyme"), { recursive: true });
    await symlink("999999999", join(home, `cache/rhyme/lock-${lock}`));
    expect((await start()).code).toBe(0);
  });

  it("leaves no stamp behind a failed install: exit 2, nothing on stdout, and the next start tries again", async () => {
    const failed = await start({ env: { NPM_FAILS: "1" } });
    expect(failed).toMatchObject({ code: 2, stdout: "" });
    expect(failed.stderr).toContain("npm ci failed");
    expect((await start()).code).toBe(0);
    expect(await npmCalls()).toBe(2);
  });

  it("says what to install where neither Node, npm nor Python is", async () => {
    for (const path of [["tools"], ["tools", "old"]]) {
      const { code, stdout, stderr } = await start({ path });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("Install Node 24");
    }
  });

  it("says what is missing where Node is there, but npm is not", async () => {
    const { code, stderr } = await start({ path: ["tools", "node"] });
    expect(code).toBe(2);
    expect(stderr).toContain("npm is not");
  });
});
