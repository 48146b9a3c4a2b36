import { chmodSync, existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RhymeError } from "../../errors.ts";
import { ask, DIM, someContexts, somePatterns } from "../../testing/some-patterns.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { openMemoryFolder } from "./open-memory.ts";
import type { OpenOptions } from "./open-store.ts";
import { FORMAT_VERSION } from "./schema.ts";

const NOBODY = 65_534;

describe("opening a memory folder", () => {
  let at: TemporaryFolder;
  let path: string;
  beforeEach(() => {
    at = temporaryFolder();
    path = join(at.path, "memory");
  });
  afterEach(() => at.remove());

  const file = (): string => join(path, "rhyme.sqlite");
  const refusal = (mode: OpenOptions["mode"], where = path): RhymeError => {
    try {
      openMemoryFolder(where, { mode, deadlineMs: 0 }).close();
    } catch (error) {
      expect(error).toBeInstanceOf(RhymeError);
      expect((error as RhymeError).kind).toBe("store");
      expect((error as RhymeError).fields.place).toContain(where);
      return error as RhymeError;
    }
    throw new Error("it opened");
  };
  const begun = async (patterns = 50): Promise<void> => {
    const folder = openMemoryFolder(path, { mode: "write" });
    const memory = folder.memory("default", { version: "v1", dim: DIM });
    const batch = somePatterns(patterns);
    await memory.put(batch);
    await memory.label(someContexts(batch));
    folder.close();
  };
  /** As a user to whom permissions apply: root may do anything. */
  const asNobody = <T>(work: () => T): T => {
    if (process.getuid?.() !== 0) return work();
    process.seteuid!(NOBODY);
    try {
      return work();
    } finally {
      process.seteuid!(0);
    }
  };

  it("begins one where there is nothing, for writing only", () => {
    expect(refusal("read").message).toContain("no such folder");
    expect(existsSync(path)).toBe(false);
    openMemoryFolder(path, { mode: "write" }).close();
    const folder = openMemoryFolder(path, { mode: "read" });
    expect(folder.summary()).toMatchObject({
      format: FORMAT_VERSION,
      series: [],
      holdings: [],
      encoders: [],
      answers: 0,
    });
    expect(folder.verify()).toEqual({ checked: 0, problems: [] });
    folder.close();
    folder.close(); // twice is once
    expect(() => folder.summary()).toThrow(/closed/);
  });

  it("begins one in an empty folder and in what a crash in that moment leaves", () => {
    mkdirSync(path);
    expect(refusal("read").message).toContain("empty folder");
    writeFileSync(file(), "");
    openMemoryFolder(path, { mode: "write" }).close();
    openMemoryFolder(path, { mode: "read" }).close();
  });

  it("refuses a folder that holds something else, and leaves it as it is", () => {
    mkdirSync(path);
    writeFileSync(join(path, "photo.jpg"), "x");
    for (const mode of ["read", "write"] as const) expect(refusal(mode).message).toContain("photo.jpg");
    expect(readdirSync(path)).toEqual(["photo.jpg"]);
    expect(refusal("write", join(path, "photo.jpg")).message).toContain("got a file");
    expect(refusal("write", join(path, "photo.jpg", "m")).fields.received).toContain("a path through a file");
  });

  it("refuses a file that is no database, another program's database and a newer format", async () => {
    mkdirSync(path);
    writeFileSync(file(), "open,high,low,close\n".repeat(200));
    for (const mode of ["read", "write"] as const)
      expect(refusal(mode).fields.received).toContain("no database");
    writeFileSync(file(), "short");
    for (const mode of ["read", "write"] as const) refusal(mode);
    writeFileSync(file(), "");
    const other = new DatabaseSync(file());
    other.exec("CREATE TABLE notes (text)");
    for (const mode of ["read", "write"] as const)
      expect(refusal(mode).fields.received).toContain("another program");
    other.exec(`PRAGMA application_id = 0x5268796d; PRAGMA user_version = ${FORMAT_VERSION + 1}`);
    other.close();
    for (const mode of ["read", "write"] as const) {
      expect(refusal(mode).fields).toMatchObject({
        expected: `format version ${FORMAT_VERSION}`,
        received: `format version ${FORMAT_VERSION + 1}`,
      });
      expect(refusal(mode).fields.remedy).toContain("newer");
    }
  });

  it("says that a file cut short is damaged, whoever finds it", async () => {
    await begun(2000);
    truncateSync(file(), 100_000);
    const found = async (): Promise<unknown> => {
      const folder = openMemoryFolder(path, { mode: "read" });
      try {
        return await folder.memory("default", { version: "v1", dim: DIM }).query(ask());
      } finally {
        folder.close();
      }
    };
    await expect(found()).rejects.toThrow(RhymeError);
    await expect(found()).rejects.toThrow(/damaged/);
    truncateSync(file(), 50);
    refusal("read");
  });

  it("reads from a read-only folder and says plainly that it cannot write there", async () => {
    await begun();
    chmodSync(file(), 0o444);
    chmodSync(path, 0o555);
    chmodSync(at.path, 0o755);
    const found = asNobody(() => {
      const error = refusal("write");
      expect(error.fields.received).toContain("read-only");
      expect(error.fields.remedy).toContain("writable");
      const folder = openMemoryFolder(path, { mode: "read" });
      return { folder, memory: folder.memory("default", { version: "v1", dim: DIM }) };
    });
    expect(await found.memory.query(ask())).toHaveLength(10);
    found.folder.close();
    chmodSync(path, 0o000);
    asNobody(() => expect(refusal("read").message).toMatch(/permission|cannot be opened/));
    asNobody(() => refusal("write", join(path, "deeper")));
    chmodSync(path, 0o755);
  });

  it("says that the disk is full, keeps what was committed and completes once there is room", async () => {
    await begun(40);
    const batch = somePatterns(20_000);
    const small = openMemoryFolder(path, { mode: "write", maxBytes: 1_000_000 });
    const full = small.memory("default", { version: "v1", dim: DIM });
    await expect(full.put(batch)).rejects.toThrow(/full disk/);
    expect(await full.count()).toBe(40);
    expect(await full.query(ask())).toHaveLength(10);
    expect(small.verify().problems).toEqual([]);
    small.close();
    const roomy = openMemoryFolder(path, { mode: "write" });
    const memory = roomy.memory("default", { version: "v1", dim: DIM });
    // the same first 40 vectors: the generator is a function of its seed
    expect(await memory.put({ ...batch, base: {} })).toEqual({ written: 19_960, unchanged: 40 });
    expect(roomy.verify().problems).toEqual([]);
    roomy.close();
  });

  it("refuses a memory of an encoder by another vector size", async () => {
    await begun();
    const folder = openMemoryFolder(path, { mode: "read" });
    expect(() => folder.memory("default", { version: "v1", dim: 128 })).toThrow(
      "embedding has 128 values, index expects 4",
    );
    expect(await folder.memory("default", { version: "v2", dim: 128 }).count()).toBe(0);
    folder.close();
  });
});
