import { mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import { runCommand } from "./run-command.ts";

/** Of Node-API, which addons built for it keep; tfjs-node looks for its addon in a folder of this number. */
const NAPI_VERSION = 8;

/** A C++ compiler, and what is missing where there is none. */
export async function compilerHere(
  signal: AbortSignal,
): Promise<{ readonly command: string; readonly missing: string | null }> {
  const given = process.env["CXX"];
  for (const command of given ? [given] : ["g++", "clang++", "c++"])
    if ((await runCommand(command, ["--version"], { signal })).failure === null)
      return { command, missing: null };
  const missing = `${given ?? "a C++ compiler"} is not here, which builds TensorFlow's addon: install one (Debian, Ubuntu: apt install g++)`;
  return { command: "", missing };
}

/**
 * Compiles the addon of `module` against the library that was unpacked. Its own script would ask a host outside the
 * registries for Node's headers and an old TensorFlow; it is two files that want nothing but Node-API, whose headers are an
 * npm package. Libraries are found from the addon's own place, so that the folder may be moved. Null, or why not.
 */
export async function buildAddon(
  module: string,
  folder: string,
  signal: AbortSignal,
): Promise<string | null> {
  const { command, missing } = await compilerHere(signal);
  if (missing !== null) return missing;
  const packages = join(folder, "node_modules");
  const [own, library] = [join(packages, module), join(folder, "library", "tensorflow")];
  const target = join(own, "lib", `napi-v${NAPI_VERSION}`);
  mkdirSync(target, { recursive: true });
  const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
  const { failure } = await runCommand(
    command,
    [
      ...["-O2", "-fPIC", "-shared", "-std=c++17", `-DNAPI_VERSION=${NAPI_VERSION}`],
      ...["-I", join(packages, "node-api-headers", "include"), "-I", join(library, "include")],
      ...["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(own, "binding", file)),
      ...["-o", join(target, "tfjs_binding.node")],
      ...libraries.map((name) => join(library, name)),
      `-Wl,-rpath,$ORIGIN/${relative(target, library)}`,
    ],
    { signal },
  );
  return failure === null ? null : `${command} could not build the addon of ${module}: ${failure}`;
}
