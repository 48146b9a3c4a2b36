import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { expect, it } from "vitest";
import { memoryContent } from "./memory-content.ts";
import { temporaryFolder } from "./temporary-folder.ts";

it("a store whose writer was killed before its first table holds nothing", () => {
  const at = temporaryFolder();
  try {
    const db = new DatabaseSync(join(at.path, "rhyme.sqlite"));
    db.exec("PRAGMA user_version = 1");
    db.close();
    expect(Object.keys(memoryContent(at.path))).toEqual(["bytes"]);
  } finally {
    at.remove();
  }
});
