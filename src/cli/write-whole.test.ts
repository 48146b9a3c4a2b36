import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../lib/testing/temporary-folder.ts";
import { writeWhole } from "./write-whole.ts";

describe("a file written whole", () => {
  let at: TemporaryFolder;
  beforeEach(() => (at = temporaryFolder()));
  afterEach(() => at.remove());

  it("takes the place of the one before and leaves nothing beside it", () => {
    const file = path.join(at.path, "page.html");
    for (const content of ["one", "two"]) {
      writeWhole(file, content);
      expect(readFileSync(file, "utf8")).toBe(content);
    }
    expect(readdirSync(at.path)).toEqual(["page.html"]);
  });

  it("never takes the place of something else that was named by mistake", () => {
    const memory = path.join(at.path, "rhyme.sqlite");
    for (const before of ["SQLite format 3\0", "timestamp,open,high,low,close\n", '{"a":1}']) {
      writeFileSync(memory, before);
      expect(() => writeWhole(memory, "<!doctype html><p>")).toThrow(/a file of another kind/);
      expect(readFileSync(memory, "utf8")).toBe(before);
    }
    const [page, document] = [path.join(at.path, "a.html"), path.join(at.path, "a.json")];
    for (const text of ["1", "2"]) {
      writeWhole(page, `<!doctype html>${text}`);
      writeWhole(document, `{"a":${text}}`);
    }
    expect(readFileSync(page, "utf8") + readFileSync(document, "utf8")).toBe('<!doctype html>2{"a":2}');
  });

  it("goes through a link and keeps it", () => {
    const link = path.join(at.path, "link.html");
    writeFileSync(path.join(at.path, "real.html"), "old");
    symlinkSync("real.html", link);
    writeWhole(link, "new");
    expect(readlinkSync(link)).toBe("real.html");
    expect(readFileSync(path.join(at.path, "real.html"), "utf8")).toBe("new");
  });

  it("fails under the name that was asked for, and leaves nothing behind", () => {
    mkdirSync(path.join(at.path, "folder"));
    const place = path.join(at.path, "nowhere", "page.html");
    expect(() => writeWhole(place, "x")).toThrow(expect.objectContaining({ code: "ENOENT", path: place }));
    expect(() => writeWhole(path.join(at.path, "folder"), "x")).toThrow(/EISDIR/);
    expect(readdirSync(at.path)).toEqual(["folder"]);
  });
});
