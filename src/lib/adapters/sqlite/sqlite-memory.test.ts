import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryContract } from "../../testing/memory-contract.ts";
import { openMemoryFolder } from "./open-memory.ts";

memoryContract("a memory folder", () => {
  const path = mkdtempSync(join(tmpdir(), "rhyme-memory-"));
  let folder = openMemoryFolder(path, { mode: "write" });
  return {
    open: (tenant, version, dim) => folder.memory(tenant, { version, dim }),
    reopen: () => {
      folder.close();
      folder = openMemoryFolder(path, { mode: "write" });
    },
    end: () => {
      folder.close();
      rmSync(path, { recursive: true });
    },
  };
});
