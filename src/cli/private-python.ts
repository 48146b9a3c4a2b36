import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256Hex } from "../lib/math/hash.ts";
import { cacheFolder } from "./cache-folder.ts";
import { cacheLock } from "./cache-lock.ts";
import type { Ui } from "./ui.ts";

/** Written last: a folder without it was left by an installation that did not end. */
const COMPLETE = "complete";

type Env = Record<string, string | undefined>;

/** A private Python with pinned packages, in the cache: one for each content of its requirements. */
export interface PythonPackages {
  /** Of its folder in the cache. */
  readonly name: string;
  /** A file as pip freeze writes it. */
  readonly requirements: string;
  /** Modules that must load. */
  readonly modules: readonly string[];
  /** `pandas, pyarrow and duckdb`. */
  readonly says: string;
  /** `a minute, 420 MB`. */
  readonly costs: string;
}

export interface PythonOptions {
  readonly ui: Ui;
  readonly signal: AbortSignal;
  readonly env?: Env;
  /** The Python that is there already. */
  readonly python?: string;
}

/** Where these packages belong; nothing is read or written there. */
export function pythonFolder({ name, requirements }: PythonPackages, env: Env = process.env): string {
  return join(cacheFolder(env), `${name}-${sha256Hex(readFileSync(requirements)).slice(0, 16)}`);
}

/** Whether a whole installation is there whose Python still starts. */
export async function pythonWorks(
  folder: string,
  { signal }: Pick<PythonOptions, "signal">,
): Promise<boolean> {
  if (!existsSync(join(folder, COMPLETE))) return false;
  return (await runs(join(folder, "bin", "python"), ["--version"], signal)) === null; // its base may be gone
}

/** Installs while no other start does; whoever waited finds it done. Null, or why it could not be. */
export async function installPython(
  packages: PythonPackages,
  options: PythonOptions,
): Promise<string | null> {
  const { ui, signal, env = process.env } = options;
  const [cache, folder] = [cacheFolder(env), pythonFolder(packages, env)];
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    return `the cache folder ${cache} cannot be made (${(error as Error).message}): set XDG_CACHE_HOME`;
  }
  const release = await cacheLock(
    join(cache, `${packages.name}.lock`),
    "installs Python packages",
    ui,
    signal,
  );
  try {
    if (await pythonWorks(folder, options)) return null;
    rmSync(folder, { recursive: true, force: true });
    const failure = await install(folder, packages, options);
    if (failure !== null) rmSync(folder, { recursive: true, force: true });
    return failure;
  } finally {
    release();
  }
}

async function install(
  folder: string,
  { requirements, modules, says, costs }: PythonPackages,
  { ui, signal, python = "python3" }: PythonOptions,
): Promise<string | null> {
  const missing = await runs(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"], signal);
  if (missing !== null) return `${python} is not here, or older than 3.11: install Python 3.11 or newer`;
  ui.note(`installing ${says} into ${folder} (once, ${costs})`);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
  const pinned = ["--only-binary=:all:", "-r", requirements];
  const own = join(folder, "bin", "python");
  const withoutVenv = await runs(python, ["-m", "venv", folder], signal);
  if (withoutVenv !== null) {
    // Debian keeps venv in a package of its own; pip alone can install into a folder, too.
    rmSync(folder, { recursive: true, force: true });
    const withoutPip = await runs(python, ["-m", "pip", "--version"], signal);
    if (withoutPip !== null)
      return `${python} has neither venv nor pip: install them (Debian, Ubuntu: apt install python3-venv)`;
    const site = join(folder, "site");
    const failure = await runs(python, [...pip, "--target", site, ...pinned], signal);
    if (failure !== null) return `pip could not install ${requirements}:\n${failure}`;
    writeWrapper(own, python, site);
  } else {
    const failure = await runs(own, [...pip, ...pinned], signal);
    if (failure !== null) return `pip could not install ${requirements}:\n${failure}`;
  }
  const broken = await runs(own, ["-c", `import ${modules.join(", ")}`], signal);
  if (broken !== null) return `the packages just installed in ${folder} do not load:\n${broken}`;
  writeFileSync(join(folder, COMPLETE), "");
  return null;
}

function writeWrapper(path: string, python: string, site: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  const quoted = site.replaceAll("'", "'\\''");
  writeFileSync(path, `#!/bin/sh\nPYTHONNOUSERSITE=1 PYTHONPATH='${quoted}' exec "${python}" "$@"\n`);
  chmodSync(path, 0o755);
}

/** Null where the command ended well, else the end of what it said. */
function runs(command: string, args: readonly string[], signal: AbortSignal): Promise<string | null> {
  const { PYTHONHOME: _home, PYTHONPATH: _path, ...env } = process.env; // another Python's folders
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: ["ignore", "pipe", "pipe"], signal, env });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => (signal.aborted ? reject(error) : resolve(error.message)));
    child.on("close", (code) => {
      const said = Buffer.concat(chunks).toString("utf8").trim().slice(-2000);
      resolve(code === 0 ? null : said || `exit ${code}`);
    });
  });
}
