import { Argument, type Command } from "commander";
import { NATIVE_BACKENDS, type NativeBackend } from "../../lib/adapters/backends/native-backend.ts";
import { RhymeError } from "../../lib/errors.ts";
import { backendTable, listBackends } from "../backends/list-backends.ts";
import { installBackend, removeBackend } from "../backends/install-backend.ts";
import { RECIPES } from "../backends/recipe.ts";
import { beginsAnew, interruptSignal } from "../interrupt.ts";
import { createUi } from "../ui.ts";

const EXAMPLES = `Examples:
  ./rhyme backend list                        what is there, what is chosen for what, and why
  ./rhyme backend install tensorflow          TensorFlow on the CPU, for fast training
  ./rhyme backend install tensorflow --gpu    the build for NVIDIA cards; on a machine without one it runs on the CPU
  ./rhyme backend install onnx                onnxruntime, for bulk encoding
  ./rhyme backend install webgpu              Dawn, for GPUs without CUDA
  ./rhyme backend remove tensorflow
`;

const NOTES = `
Nothing here is needed: typed arrays encode and WebAssembly trains everywhere. Backends go to rhyme's own cache
(XDG_CACHE_HOME, else ~/.cache), never beside the project's packages, from npm and PyPI alone, checked by hash.
TensorFlow wants Linux on x86-64, Python with pip and a C++ compiler. What is stopped leaves nothing half done.
Exit: 0 ok, 2 bad usage or it could not be installed.`;

interface BackendOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly gpu?: boolean;
}

/** `./rhyme backend list | install | remove`: faster ways to train and to encode in bulk. */
export function addBackend(program: Command): void {
  const command = program
    .command("backend")
    .summary("what encodes and trains here: list, install, remove")
    .description("TensorFlow, onnxruntime and WebGPU, for those who train or encode much.")
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", NOTES);
  const add = (name: string, says: string): Command =>
    command
      .command(name)
      .description(says)
      .option("--json", "one JSON document on stdout, all else on stderr")
      .option("--quiet", "no remarks")
      .addHelpText("before", EXAMPLES);
  add("list", "what is there, what was chosen and why").action(list);
  add("install", "into the cache")
    .addArgument(new Argument("<name>", "which").choices(["tensorflow", "onnx", "webgpu"]))
    .option("--gpu", "with tensorflow: the build for NVIDIA cards")
    .action(install);
  add("remove", "out of the cache")
    .addArgument(new Argument("<name>", "which").choices(NATIVE_BACKENDS))
    .action(remove);
}

async function list(options: BackendOptions): Promise<void> {
  const ui = createUi(options);
  const listed = await listBackends(interruptSignal());
  if (options.json) return ui.json({ schema: "rhyme.backends/1", ...listed });
  ui.table(backendTable(listed.backends));
  for (const { what, backend, why } of listed.chosen) ui.out(`${what}: ${backend}, since ${why}`);
}

async function install(named: "tensorflow" | "onnx" | "webgpu", options: BackendOptions): Promise<void> {
  const ui = createUi(options);
  beginsAnew();
  if (options.gpu && named !== "tensorflow")
    throw new RhymeError("usage", {
      place: "--gpu",
      expected: "tensorflow",
      received: named,
      remedy: "Only TensorFlow has a build of its own for NVIDIA cards.",
    });
  const name: NativeBackend = options.gpu ? "tensorflow-gpu" : named;
  const { folder, already, probe, failure } = await installBackend(name, { ui, signal: interruptSignal() });
  if (failure !== null)
    throw new RhymeError("usage", {
      place: `backend install ${name}`,
      expected: `${RECIPES[name].says} in ${folder}`,
      received: failure,
      remedy: "Nothing was left behind: correct that, and run the same command again.",
    });
  const device = probe?.device ?? null;
  if (options.json)
    return ui.json({ schema: "rhyme.backend-install/1", backend: name, folder, already, device });
  ui.out(`${name} ${already ? "was there already" : "is installed"}: it runs on ${device}; ${folder}`);
}

async function remove(name: NativeBackend, options: BackendOptions): Promise<void> {
  const ui = createUi(options);
  const removed = await removeBackend(name, { ui, signal: interruptSignal() });
  if (options.json) return ui.json({ schema: "rhyme.backend-remove/1", backend: name, removed });
  ui.out(removed ? `${name} is removed from the cache` : `${name} was not in the cache`);
}
