import { createHash } from "node:crypto";
import {
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RhymeError } from "../../errors.ts";
import { ask, DIM, somePatterns } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { openMemoryFolder } from "./open-memory.ts";
import type { OpenOptions } from "./open-store.ts";
import { FORMAT_VERSION } from "./schema.ts";

/** Names, kinds and contents of everything in a folder. */
function hashOf(folder: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder, { recursive: true }).map(String).toSorted()) {
    const path = join(folder, name);
    const found = lstatSync(path);
    hash.update(`${name}\n${found.mode}\n${found.mtimeMs}\n`);
    if (found.isFile()) hash.update(readFileSync(path));
    if (found.isSymbolicLink()) hash.update(readlinkSync(path));
  }
  return hash.digest("hex");
}

describe("a folder that is no memory of this format", () => {
  const at = temporaryFolder();
  const whole = join(at.path, "whole");
  let made = 0;
  beforeAll(async () => {
    const folder = openMemoryFolder(whole, { mode: "write" });
    await folder.memory("default", { version: "v1", dim: DIM }).put(somePatterns(50));
    folder.close();
  });
  afterAll(() => at.remove());

  const copy = (): string => {
    const path = join(at.path, `copy-${made++}`);
    cpSync(whole, path, { recursive: true });
    return path;
  };
  const edited = (sql: string): string => {
    const path = copy();
    const db = new DatabaseSync(join(path, "rhyme.sqlite"));
    db.exec(`${sql}; PRAGMA wal_checkpoint(TRUNCATE)`);
    db.close();
    return path;
  };
  const holding = (content: string | Uint8Array): string => {
    const path = join(at.path, `other-${made++}`);
    mkdirSync(path);
    writeFileSync(join(path, "rhyme.sqlite"), content);
    return path;
  };
  const refusals = (path: string): RhymeError[] =>
    (["read", "write"] as const).flatMap((mode) => refusal(path, mode) ?? []);
  const refusal = (path: string, mode: OpenOptions["mode"]): RhymeError | null => {
    try {
      openMemoryFolder(path, { mode, deadlineMs: 0 }).close();
      return null;
    } catch (error) {
      expect(error).toBeInstanceOf(RhymeError);
      return error as RhymeError;
    }
  };

  it.each([
    ["a newer format", () => edited(`PRAGMA user_version = ${FORMAT_VERSION + 1}`), /Update Rhyme/],
    ["an older format", () => edited("PRAGMA user_version = 1"), /format version 1.*in a new folder/],
    ["another program's database", () => edited("PRAGMA application_id = 7"), /another program's.*0x7/],
    ["another program's negative id", () => edited("PRAGMA application_id = -2"), /0xfffffffe/],
    ["text", () => holding("open,high,low,close\n".repeat(200)), /no database/],
    ["a few bytes", () => holding("short"), /no database/],
    [
      "the first half of a header",
      () => holding(readFileSync(join(whole, "rhyme.sqlite")).subarray(0, 50)),
      /no database/,
    ],
    [
      "a folder in the store's place",
      () => {
        const path = copy();
        renameSync(join(path, "rhyme.sqlite"), join(path, "away"));
        rmSync(join(path, "away"));
        mkdirSync(join(path, "rhyme.sqlite"));
        return path;
      },
      /a folder of that name/,
    ],
    [
      "tables of other columns",
      () => edited("ALTER TABLE contexts RENAME COLUMN rvi TO other"),
      /its tables/,
    ],
    ["a table too few", () => edited("DROP TABLE tallies"), /its tables/],
  ] as const)("is refused and left as it is: %s", (_what, make, message) => {
    const path = make();
    const before = hashOf(path);
    const errors = refusals(path);
    expect(errors).toHaveLength(2);
    for (const error of errors) {
      expect(error.kind).toBe("store");
      expect(error.message).toMatch(message);
      expect(error.message).toContain(path);
    }
    const after = hashOf(path);
    // Of tables that only SQLite can read, reading leaves its index and writing the lock.
    if (String(message) !== String(/its tables/)) expect(after).toBe(before);
  });

  it("is not written through a symbolic link to the store alone, but is through one to the folder", async () => {
    const path = copy();
    const beside = join(at.path, "beside");
    mkdirSync(beside);
    symlinkSync(join(path, "rhyme.sqlite"), join(beside, "rhyme.sqlite"));
    const before = hashOf(beside);
    expect(refusal(beside, "write")?.message).toMatch(/symbolic link/);
    expect(hashOf(beside)).toBe(before);
    const nowhere = join(at.path, "nowhere");
    mkdirSync(nowhere);
    symlinkSync(join(at.path, "no-such-file"), join(nowhere, "rhyme.sqlite"));
    expect(refusal(nowhere, "write")?.message).toMatch(/symbolic link/);
    expect(refusal(nowhere, "read")?.kind).toBe("store");
    const link = join(at.path, "link");
    symlinkSync(path, link);
    const first = openMemoryFolder(link, { mode: "write" });
    expect(refusal(path, "write")?.message).toContain(`process ${process.pid}`);
    expect(await first.memory("default", { version: "v1", dim: DIM }).query(ask())).toEqual([]);
    first.close();
  });
});
