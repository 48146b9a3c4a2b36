import { join } from "node:path";
import { RhymeError } from "../../lib/errors.ts";
import { installPython, pythonFolder, type PythonOptions, type PythonPackages } from "../private-python.ts";
import { ROOT } from "../test-runner/run-tool.ts";

/** PyTorch Geometric and what else the encoders are compared with. */
export const PYG: PythonPackages = {
  name: "pyg",
  requirements: join(ROOT, "scripts", "pyg", "requirements.txt"),
  modules: ["torch", "torch_geometric", "safetensors", "faiss", "onnx", "onnxruntime"],
  says: "PyTorch, PyTorch Geometric, faiss-cpu, onnx and onnxruntime",
  costs: "3 to 10 minutes, 5.6 GB: PyPI's PyTorch brings CUDA along",
};

/**
 * The Python that has them: RHYME_PYG_PYTHON where it is set, else a private one, which is installed first where it is
 * not there yet. @throws RhymeError where it cannot be.
 */
export async function pygPython(options: PythonOptions): Promise<string> {
  const { env = process.env } = options;
  if (env["RHYME_PYG_PYTHON"]) return env["RHYME_PYG_PYTHON"];
  const failure = await installPython(PYG, options);
  if (failure === null) return join(pythonFolder(PYG, env), "bin", "python");
  throw new RhymeError("source", {
    place: "PyTorch Geometric",
    expected: `${PYG.says} from the Python package index`,
    received: failure,
    remedy: "Put it right, or name a Python that has them in RHYME_PYG_PYTHON.",
  });
}
