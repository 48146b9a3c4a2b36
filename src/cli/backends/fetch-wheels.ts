import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Recipe } from "./recipe.ts";
import { runCommand } from "./run-command.ts";

/** The Python for which a wheel is fetched; nothing of it but libraries and headers is used, by no Python. */
const WHEELS_OF = "3.13";

/**
 * Takes out of a wheel what an addon needs: TensorFlow's two libraries and the headers of its C interface, all of
 * NVIDIA's. argv: a folder of wheels, where to.
 */
const UNPACK = `
import os, sys, zipfile
for name in sorted(os.listdir(sys.argv[1])):
    with zipfile.ZipFile(os.path.join(sys.argv[1], name)) as wheel:
        for one in wheel.namelist():
            library = one in ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
            header = one.startswith("tensorflow/include/") and one.endswith(".h") and ("/c/" in one or "ctstring" in one)
            cuda = one.startswith("nvidia/") and "/include/" not in one
            if library or header or cuda:
                wheel.extract(one, sys.argv[2])
`;

/** A Python with pip, and what is missing where there is none. */
export async function pythonHere(
  signal: AbortSignal,
): Promise<{ readonly command: string; readonly missing: string | null }> {
  const command = "python3";
  const { failure } = await runCommand(command, ["-m", "pip", "--version"], { signal });
  const missing = `${command} with pip is not here, which fetches TensorFlow from PyPI: install it (Debian, Ubuntu: apt install python3-pip)`;
  return { command, missing: failure === null ? null : missing };
}

/** Fetches the wheels of a recipe, whose hashes pip checks, and unpacks what is needed. Null, or why not. */
export async function fetchWheels(
  python: string,
  { folder: recipe }: Pick<Recipe, "folder">,
  folder: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (process.platform !== "linux" || process.arch !== "x64")
    return `TensorFlow is installed on Linux on x86-64 alone, this is ${process.platform} on ${process.arch}: use onnx or webgpu`;
  const list = join(recipe, "wheels.txt");
  const [wheels, library] = [join(folder, "wheels"), join(folder, "library")];
  const pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
  const only = ["--require-hashes", "--only-binary=:all:", "--python-version", WHEELS_OF, "--no-cache-dir"];
  const fetched = await runCommand(python, [...pip, ...only, "-r", list, "-d", wheels], { signal });
  if (fetched.failure !== null) return `pip could not fetch what ${list} names: ${fetched.failure}`;
  mkdirSync(library, { recursive: true });
  const unpacked = await runCommand(python, ["-c", UNPACK, wheels, library], { signal });
  if (unpacked.failure !== null)
    return `${readdirSync(wheels).join(", ")} cannot be read: ${unpacked.failure}`;
  rmSync(wheels, { recursive: true, force: true });
  return null;
}
