import { join } from "node:path";
import { required } from "../../lib/testing/require.ts";
import { installPython, pythonFolder, pythonWorks, type PythonOptions } from "../private-python.ts";
import { ROOT } from "./run-tool.ts";

const REQUIREMENTS = join(ROOT, "scripts", "python-requirements.txt");

/**
 * Sets RHYME_PYTHON to a private Python with the pinned packages: the one in the cache, or, where RHYME_REQUIRE lists
 * python, a new one. A RHYME_PYTHON that is set stays. Returns why there is none although it is required, else null.
 */
export async function providePython(
  options: PythonOptions & { readonly requirements?: string },
): Promise<string | null> {
  const { env = process.env, requirements = REQUIREMENTS } = options;
  if (env["RHYME_PYTHON"]) return null;
  const modules = ["pandas", "pyarrow", "duckdb"];
  const said = { says: "pandas, pyarrow and duckdb", costs: "a minute, 420 MB" };
  const packages = { name: "python", requirements, modules, ...said };
  const folder = pythonFolder(packages, env);
  if (!(await pythonWorks(folder, options)) && required(env).includes("python")) {
    const failure = await installPython(packages, options);
    if (failure !== null) return failure;
  }
  if (await pythonWorks(folder, options)) env["RHYME_PYTHON"] = join(folder, "bin", "python");
  return null;
}
