import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { KERNEL_NAME, KERNEL_SPEC } from "../../lab/notebook/notebook-file.ts";
import { calendarsEnv, KERNEL_ENV, KERNEL_FLAGS, KERNEL_MAIN } from "../../lab/start-kernel.ts";
import { sha256Hex } from "../../lib/math/hash.ts";
import { cacheFolder } from "../cache-folder.ts";
import { pythonFolder, pythonWorks, type PythonPackages } from "../private-python.ts";
import { ROOT } from "../test-runner/run-tool.ts";

/** The JupyterLab of `./rhyme lab`. */
export const JUPYTER: PythonPackages = {
  name: "jupyter",
  requirements: join(ROOT, "scripts", "notebook-requirements.txt"),
  modules: ["jupyterlab"],
  says: "JupyterLab",
  costs: "a minute, 260 MB",
};

/**
 * What JupyterLab is started with: its folders lie in rhyme's cache, so that neither the user's own Jupyter nor this
 * one sees the other. Registers the kernel as it is now, this checkout and this Node, in a folder of this checkout's
 * own: a lab that runs on another one keeps its kernel.
 */
export function labEnvironment(folder: string, root: string = ROOT): Record<string, string | undefined> {
  const own = join(cacheFolder(), "jupyter-home");
  const checkout = join(own, "checkouts", sha256Hex(Buffer.from(root)).slice(0, 16));
  writeKernelSpec(join(checkout, "kernels", KERNEL_NAME));
  writeSettings(join(own, "config", "labconfig"));
  const { PYTHONHOME: _home, PYTHONPATH: _path, ...env } = process.env;
  return {
    ...env,
    ...calendarsEnv(),
    PATH: `${join(folder, "bin")}:${env["PATH"] ?? ""}`,
    JUPYTER_PATH: checkout,
    JUPYTER_DATA_DIR: join(own, "data"),
    JUPYTER_CONFIG_DIR: join(own, "config"),
    JUPYTER_RUNTIME_DIR: join(own, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(own, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(own, "workspaces"),
  };
}

/**
 * Signs an executed notebook as the lab's own user would, so that its figures are drawn on opening; null, or why it
 * could not be. Nothing is installed for it: without JupyterLab nobody opens the notebook there.
 */
export async function trustNotebook(file: string, signal: AbortSignal): Promise<string | null> {
  if (!existsSync(JUPYTER.requirements)) return null;
  const folder = pythonFolder(JUPYTER);
  if (!(await pythonWorks(folder, { signal }))) return null;
  const { status, stderr } = spawnSync(join(folder, "bin", "jupyter"), ["trust", file], {
    encoding: "utf8",
    env: labEnvironment(folder),
  });
  return status === 0
    ? null
    : (stderr ?? "").trim().split("\n").at(-1) || `jupyter trust ended with ${status}`;
}

/** How Jupyter starts our kernel; interrupts come as messages, since a cell may be busy in any way. */
export function kernelSpec(): object {
  return {
    argv: [process.execPath, ...KERNEL_FLAGS, KERNEL_MAIN, "{connection_file}"],
    display_name: KERNEL_SPEC.display_name,
    language: KERNEL_SPEC.language,
    interrupt_mode: "message",
    env: KERNEL_ENV,
  };
}

function writeKernelSpec(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "kernel.json"), JSON.stringify(kernelSpec(), null, 2));
}

/** No calls home, and no ipykernel among the kernels that are offered first. */
function writeSettings(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const settings = {
    "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
    "@jupyterlab/completer-extension:manager": { autoCompletion: true },
  };
  writeFileSync(join(folder, "default_setting_overrides.json"), JSON.stringify(settings, null, 2));
}

export function labFlags({ browser, port }: { readonly browser: boolean; readonly port: number }): string[] {
  return [
    "--ServerApp.ip=127.0.0.1",
    `--ServerApp.port=${port}`,
    `--ServerApp.root_dir=${join(ROOT, "notebooks")}`,
    `--MultiKernelManager.default_kernel_name=${KERNEL_NAME}`,
    "--KernelSpecManager.ensure_native_kernel=False",
    `--KernelSpecManager.allowed_kernelspecs=['${KERNEL_NAME}']`,
    // No list of extensions from outside.
    "--LabApp.extension_manager=readonly",
    `--ServerApp.open_browser=${browser ? "True" : "False"}`,
    // In a container one often is root; it listens on this machine only, and wants the token.
    ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
  ];
}

export interface LabPart {
  readonly part: string;
  readonly isThere: boolean;
  readonly says: string;
}

/** What `./rhyme lab` needs, and whether it is there. */
export async function labState(signal: AbortSignal): Promise<readonly LabPart[]> {
  const { status, stdout } = spawnSync("python3", ["--version"], { encoding: "utf8" });
  const version = /3\.(\d+)/.exec(stdout ?? "");
  const isNew = status === 0 && Number(version?.[1] ?? 0) >= 11;
  const folder = pythonFolder(JUPYTER);
  const hasLab = await pythonWorks(folder, { signal });
  const require = createRequire(import.meta.url);
  const missing = ["tslab/package.json", "zeromq", "typescript"].filter((name) => {
    try {
      return !existsSync(require.resolve(name));
    } catch {
      return true;
    }
  });
  return [
    { part: "Python", isThere: isNew, says: isNew ? stdout.trim() : "install Python 3.11 or newer" },
    { part: "JupyterLab", isThere: hasLab, says: hasLab ? folder : "./rhyme lab installs it" },
    {
      part: "kernel",
      isThere: missing.length === 0,
      says: missing.length === 0 ? KERNEL_MAIN : `run npm ci: ${missing.join(", ")} missing`,
    },
  ];
}
