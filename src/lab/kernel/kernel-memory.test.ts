import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { connectKernel } from "../kernel-client.ts";
import { startKernel } from "../start-kernel.ts";
import { errorOf, kernelForTests, NOTEBOOKS, resultOf } from "./kernel-for-tests.ts";

const kernel = kernelForTests();
const { run } = kernel;

let at: TemporaryFolder;
beforeAll(() => void (at = temporaryFolder()));
afterAll(() => at.remove());

describe("two kernels on one memory", () => {
  it("read together; the second writer is told who writes", async () => {
    const other = await startKernel(NOTEBOOKS);
    const second = await connectKernel(other.connection);
    try {
      const folder = JSON.stringify(join(at.path, "memory"));
      const open = (mode: string): string =>
        `import { openMemoryFolder } from "rhyme";\nconst memory = openMemoryFolder(${folder}, { mode: "${mode}", deadlineMs: 100 });`;
      expect((await run(open("write"))).outputs).toEqual([]);
      const { evalue } = errorOf(await second.execute(open("write")));
      expect(evalue).toContain(`process ${kernel.process().child.pid}`);
      expect((await second.execute(open("read"))).outputs).toEqual([]);
      expect(resultOf(await second.execute("1 + 1"))).toBe("2");
      expect(resultOf(await run("1 + 1"))).toBe("2");
    } finally {
      second.close();
      other.kill();
    }
  });
});
