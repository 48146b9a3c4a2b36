import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { sha256Hex } from "../../lib/math/hash.ts";
import { required } from "../../lib/testing/require.ts";
import { cacheFolder } from "../cache-folder.ts";
import type { Ui } from "../ui.ts";
import { ROOT } from "./run-tool.ts";

const REQUIREMENTS = join(ROOT, "scripts", "python-requirements.txt");
/** Written last: a folder without it was left by an installation that did not end. */
const COMPLETE = "complete";
const BUSY = 5; // SQLITE_BUSY

type Env = Record<string, string | undefined>;

export interface PythonOptions {
  readonly ui: Ui;
  readonly signal: AbortSignal;
  readonly env?: Env;
  /** The Python that is there already. */
  readonly python?: string;
  readonly requirements?: string;
}

/**
 * Sets RHYME_PYTHON to a private Python with the pinned packages: the one in the cache, or, where RHYME_REQUIRE lists
 * python, a new one. A RHYME_PYTHON that is set stays. Returns why there is none although it is required, else null.
 */
export async function providePython(options: PythonOptions): Promise<string | null> {
  const { env = process.env, requirements = REQUIREMENTS } = options;
  if (env["RHYME_PYTHON"]) return null;
  const cache = cacheFolder(env);
  const folder = join(cache, `python-${sha256Hex(readFileSync(requirements)).slice(0, 16)}`);
  const isWanted = required(env).includes("python");
  if (!(await works(folder, options)) && isWanted) {
    const failure = await installOnce(folder, cache, { ...options, requirements });
    if (failure !== null) return failure;
  }
  if (await works(folder, options)) env["RHYME_PYTHON"] = join(folder, "bin", "python");
  return null;
}

async function works(folder: string, { signal }: PythonOptions): Promise<boolean> {
  if (!existsSync(join(folder, COMPLETE))) return false;
  return (await runs(join(folder, "bin", "python"), ["--version"], signal)) === null; // its base may be gone
}

/** Installs while no other start does; whoever waited finds it done. */
async function installOnce(
  folder: string,
  cache: string,
  options: PythonOptions & { readonly requirements: string },
): Promise<string | null> {
  const { ui, signal } = options;
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    return `the cache folder ${cache} cannot be made (${(error as Error).message}): set XDG_CACHE_HOME`;
  }
  const release = await lock(join(cache, "python.lock"), ui, signal);
  try {
    if (await works(folder, options)) return null;
    rmSync(folder, { recursive: true, force: true });
    const failure = await install(folder, options);
    if (failure !== null) rmSync(folder, { recursive: true, force: true });
    return failure;
  } finally {
    release();
  }
}

/** A lock of the operating system, on a small SQLite file: it goes with its process however that ends. */
async function lock(file: string, ui: Ui, signal: AbortSignal): Promise<() => void> {
  const db = new DatabaseSync(file, { timeout: 0 });
  for (let told = false; ; told = true) {
    try {
      db.exec("BEGIN EXCLUSIVE");
      return () => db.close();
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== BUSY) throw error;
      if (!told) ui.note("waiting for another start of rhyme that installs Python packages");
      await pause(500, undefined, { signal });
    }
  }
}

async function install(
  folder: string,
  { ui, signal, python = "python3", requirements }: PythonOptions & { readonly requirements: string },
): Promise<string | null> {
  const missing = await runs(python, ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"], signal);
  if (missing !== null) return `${python} is not here, or older than 3.11: install Python 3.11 or newer`;
  ui.note(`installing pandas, pyarrow and duckdb into ${folder} (once, a minute, 420 MB)`);
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
  const broken = await runs(own, ["-c", "import pandas, pyarrow, duckdb"], signal);
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
