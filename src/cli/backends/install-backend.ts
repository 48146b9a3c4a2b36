import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { backendFolder, COMPLETE, type NativeBackend } from "../../lib/adapters/backends/native-backend.ts";
import { cacheLock } from "../cache-lock.ts";
import type { Ui } from "../ui.ts";
import { buildAddon, compilerHere } from "./build-addon.ts";
import { fetchWheels, pythonHere } from "./fetch-wheels.ts";
import { probeBackend, type Probe } from "./probe-backend.ts";
import { RECIPES, type Recipe } from "./recipe.ts";
import { runCommand } from "./run-command.ts";

export interface InstallOptions {
  readonly ui: Ui;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

/** What came of an installation; `failure` says why there is none. */
export interface Installed {
  readonly folder: string;
  /** It was there before. */
  readonly already: boolean;
  readonly probe: Probe | null;
  readonly failure: string | null;
}

/**
 * Installs into the cache, never beside this project's own packages. It is made in a folder of another name, tried in a
 * process of its own and renamed when all is well: a start that is stopped leaves nothing that another could take for
 * whole. Whoever waited for another start finds it done.
 */
export async function installBackend(name: NativeBackend, options: InstallOptions): Promise<Installed> {
  const { ui, signal, env = process.env } = options;
  const folder = backendFolder(name, env);
  mkdirSync(dirname(folder), { recursive: true });
  const release = await cacheLock(`${folder}.lock`, `installs ${name}`, ui, signal);
  const making = `${folder}.part`;
  try {
    if (existsSync(join(folder, COMPLETE))) {
      const probe = await probeBackend(name, options);
      if (probe.failure === null) return { folder, already: true, probe, failure: null };
      ui.note(`what is in ${folder} does not load (${probe.failure}): it is made anew`);
    }
    const failure = await make(making, RECIPES[name], options);
    if (failure !== null) return { folder, already: false, probe: null, failure };
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
    const probe = await probeBackend(name, options);
    if (probe.failure !== null) {
      rmSync(folder, { recursive: true, force: true });
      return { folder, already: false, probe, failure: `it does not load: ${probe.failure}` };
    }
    return { folder, already: false, probe, failure: null };
  } finally {
    rmSync(making, { recursive: true, force: true });
    release();
  }
}

/** Whether there was something; the lock of an installation that runs is waited for. */
export async function removeBackend(name: NativeBackend, options: InstallOptions): Promise<boolean> {
  const { ui, signal, env = process.env } = options;
  const folder = backendFolder(name, env);
  if (!existsSync(dirname(folder))) return false;
  const release = await cacheLock(`${folder}.lock`, `installs ${name}`, ui, signal);
  try {
    const there = existsSync(folder);
    // First what makes it whole: a removal that is stopped leaves no half.
    rmSync(join(folder, COMPLETE), { force: true });
    for (const one of [folder, `${folder}.part`]) rmSync(one, { recursive: true, force: true });
    return there;
  } finally {
    release();
    rmSync(`${folder}.lock`, { force: true });
  }
}

/** Null, or why it could not be made. */
async function make(folder: string, recipe: Recipe, options: InstallOptions): Promise<string | null> {
  const { ui, signal, env = process.env } = options;
  const python = recipe.addonOf === null ? null : await pythonHere(signal);
  if (recipe.addonOf !== null) {
    const missing = (await compilerHere(signal)).missing ?? python?.missing ?? null;
    if (missing !== null) return missing;
  }
  ui.note(`installing ${recipe.says} (once: ${recipe.costs})`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json"])
    cpSync(join(recipe.folder, file), join(folder, file));
  const npm = await runCommand(
    npmBeside(process.execPath),
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    { signal, cwd: folder, env: { ...env, ONNXRUNTIME_NODE_INSTALL_CUDA: "skip" } },
  );
  if (npm.failure !== null) return `npm could not install the packages of ${recipe.folder}: ${npm.failure}`;
  dropOtherMachines(folder, recipe);
  if (recipe.addonOf !== null) {
    ui.note("packages are in; the library comes from PyPI next");
    const wheels = await fetchWheels(python!.command, recipe, folder, signal);
    if (wheels !== null) return wheels;
    ui.note("the library is in; the addon is built against it");
    const addon = await buildAddon(recipe.addonOf, folder, signal);
    if (addon !== null) return addon;
  }
  writeFileSync(join(folder, COMPLETE), `${JSON.stringify({ says: recipe.says })}\n`);
  return null;
}

/** npm of this very Node, or the one in PATH. */
function npmBeside(node: string): string {
  const own = join(dirname(node), "npm");
  return existsSync(own) ? own : "npm";
}

/** Packages bring binaries for every system; those of others are dropped. */
function dropOtherMachines(folder: string, { others }: Recipe): void {
  const here = (text: string): string =>
    text.replace("{platform}", process.platform).replace("{arch}", process.arch);
  for (const { under, keep } of others) {
    const of = join(folder, "node_modules", here(under));
    if (!existsSync(join(of, here(keep)))) continue; // nothing for this machine: loading will say so
    for (const name of readdirSync(of))
      if (name !== here(keep)) rmSync(join(of, name), { recursive: true, force: true });
  }
}
