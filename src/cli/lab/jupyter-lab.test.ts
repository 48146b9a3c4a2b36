import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { labEnvironment } from "./jupyter-lab.ts";

let at: TemporaryFolder;
beforeEach(() => {
  at = temporaryFolder();
  vi.stubEnv("XDG_CACHE_HOME", at.path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  at.remove();
});

it("a lab starts the kernel of its own checkout, whatever other checkout was started after it", () => {
  const [mine, other] = ["/checkouts/mine", "/checkouts/other"].map((root) => labEnvironment("venv", root));
  const spec = (env = mine): string => join(env!["JUPYTER_PATH"]!, "kernels", "rhyme", "kernel.json");
  expect(spec(mine)).not.toBe(spec(other));
  for (const env of [mine, other])
    expect(JSON.parse(readFileSync(spec(env), "utf8")).argv).toContain("{connection_file}");
  const { JUPYTER_PATH: _mine, ...common } = mine!;
  expect(other).toMatchObject(common);
  // What all share is looked at as well, so no kernel may lie there.
  expect(existsSync(join(mine!["JUPYTER_DATA_DIR"]!, "kernels"))).toBe(false);
});
