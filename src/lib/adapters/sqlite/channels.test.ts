import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { child } from "../../testing/child.ts";
import { memoryContent } from "../../testing/memory-content.ts";
import { ask, DIM, somePatterns, T0 } from "../../testing/some-patterns.ts";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { besideWriter } from "./channels-beside-writer.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";

let at: TemporaryFolder;
let path: string;
const opened: MemoryFolder[] = [];

beforeEach(() => {
  at = temporaryFolder();
  path = join(at.path, "m");
});
afterEach(() => {
  closeAll();
  at.remove();
});

function open(mode: "read" | "write", folder = path): MemoryFolder {
  opened.push(openMemoryFolder(folder, { mode, deadlineMs: 0 }));
  return opened.at(-1)!;
}

function closeAll(): void {
  for (const folder of opened.splice(0)) folder.close();
}

/** A memory in which tenants `a` and `b` hold versions v1 and v2. */
async function filled(): Promise<MemoryFolder> {
  const folder = open("write");
  const batch = somePatterns(3);
  for (const tenant of ["a", "b"])
    for (const version of ["v1", "v2"]) {
      const lineage = { ...batch.lineage, encoderVersion: version };
      await folder.memory(tenant, { version, dim: DIM }).put({ ...batch, lineage });
    }
  return folder;
}

function edit(...statements: readonly string[]): void {
  closeAll();
  const db = new DatabaseSync(join(path, "rhyme.sqlite"));
  for (const sql of statements) db.exec(sql);
  db.close();
}

describe("channels", () => {
  it("have no row until they are switched, and then one that names the version before", async () => {
    const { channels } = await filled();
    expect(channels.get("a", "default")).toBeNull();
    expect(channels.switch("a", "default", "v1", T0)).toMatchObject({ encoder: "v1", previous: null });
    expect(channels.switch("a", "default", "v2", T0 + 1)).toEqual({
      ...{ tenant: "a", channel: "default", encoder: "v2", previous: "v1", switchedAt: T0 + 1 },
    });
  });

  it("stay as they are when they are switched to what they read", async () => {
    const { channels } = await filled();
    channels.switch("a", "default", "v1", T0);
    const row = channels.switch("a", "default", "v2", T0 + 1);
    expect(channels.switch("a", "default", "v2", T0 + 9)).toEqual(row);
    expect(channels.get("a", "default")).toEqual(row);
  });

  it("go back to the version before, and forward again", async () => {
    const { channels } = await filled();
    channels.switch("a", "default", "v1", T0);
    expect(() => channels.rollback("a", "default", T0)).toThrow(/nothing to go back to/);
    expect(() => channels.rollback("a", "canary", T0)).toThrow(/nothing to go back to/);
    channels.switch("a", "default", "v2", T0 + 1);
    expect(channels.rollback("a", "default", T0 + 2)).toMatchObject({ encoder: "v1", previous: "v2" });
    expect(channels.rollback("a", "default", T0 + 3)).toMatchObject({ encoder: "v2", previous: "v1" });
  });

  it("of one tenant leave those of others, and its other channels, alone", async () => {
    const { channels } = await filled();
    for (const tenant of ["a", "b"]) channels.switch(tenant, "default", "v1", T0);
    channels.switch("a", "canary", "v2", T0 + 1);
    const told = channels.list().map((row) => [row.tenant, row.channel, row.encoder]);
    expect(told).toEqual([
      ["a", "canary", "v2"],
      ["a", "default", "v1"],
      ["b", "default", "v1"],
    ]);
    expect(channels.list("b")).toHaveLength(1);
  });

  it("refuse a version that the tenant does not hold, and names that are none", async () => {
    const { channels } = await filled();
    expect(() => channels.switch("a", "default", "v3", T0)).toThrow(/v1, v2.*v3/);
    expect(() => channels.switch("c", "default", "v1", T0)).toThrow(/tenant c/);
    expect(() => channels.switch("a", "de fault", "v1", T0)).toThrow(/channel/);
    expect(() => channels.get("a/b", "default")).toThrow(/tenant/);
    expect(channels.list()).toEqual([]);
  });

  it("are switched within a larger transaction whole or not at all", async () => {
    const folder = await filled();
    folder.channels.switch("a", "default", "v1", T0);
    const failing = (): unknown =>
      folder.atomically(() => {
        folder.channels.switch("a", "default", "v2", T0 + 1);
        throw new Error("power cut");
      });
    expect(failing).toThrow("power cut");
    expect(folder.channels.get("a", "default")).toMatchObject({ encoder: "v1", previous: null });
    expect(open("read").verify().problems).toEqual([]);
  });

  it("are seen by readers that were open before, one version or the other", async () => {
    const folder = await filled();
    folder.channels.switch("a", "default", "v1", T0);
    const reader = open("read");
    expect(reader.channels.get("a", "default")?.encoder).toBe("v1");
    folder.channels.switch("a", "default", "v2", T0 + 1);
    expect(reader.channels.get("a", "default")?.encoder).toBe("v2");
    expect(() => reader.channels.switch("a", "default", "v1", T0)).toThrow(/opened for reading/);
  });

  it("are switched and gone back beside a writer, which goes on with what it has in RAM", async () => {
    const folder = await filled();
    for (const version of ["v1", "v2"]) folder.channels.switch("a", "default", version, T0);
    const memory = folder.memory("a", { version: "v2", dim: DIM });
    const before = await memory.query(ask({ vector: somePatterns(1).vectors }));
    expect(besideWriter(path, (channels) => channels.rollback("a", "default", T0 + 1), 0)).toMatchObject({
      ...{ encoder: "v1", previous: "v2" },
    });
    expect(folder.channels.get("a", "default")?.encoder).toBe("v1");
    expect(await memory.query(ask({ vector: somePatterns(1).vectors }))).toEqual(before);
    await memory.put(somePatterns(9, { lineage: { ...somePatterns(1).lineage, encoderVersion: "v2" } }));
    folder.channels.switch("b", "default", "v2", T0 + 2);
    besideWriter(path, (channels) => channels.switch("a", "canary", "v2", T0 + 3), 0);
    expect(folder.channels.list().map((row) => row.encoder)).toEqual(["v2", "v1", "v2"]);
    expect(open("read").verify().problems).toEqual([]);
  });

  it("wait beside a writer for its transaction, and say so where that takes too long", async () => {
    const folder = await filled();
    for (const version of ["v1", "v2"]) folder.channels.switch("a", "default", version, T0);
    folder.atomically(() => {
      expect(() => besideWriter(path, (channels) => channels.rollback("a", "default", T0 + 1), 0)).toThrow(
        expect.objectContaining({ kind: "store" }),
      );
    });
    expect(folder.channels.get("a", "default")?.encoder).toBe("v2");
  });

  it("are neither begun nor brought to this format beside a writer", async () => {
    const none = join(at.path, "none");
    expect(() => besideWriter(none, (channels) => channels.list())).toThrow(/no such folder/);
    expect(existsSync(none)).toBe(false);
    await filled();
    edit("DROP TABLE channels", "DROP TABLE identity", "PRAGMA user_version = 3");
    expect(() => besideWriter(path, (channels) => channels.list())).toThrow(/format version 3/);
  });

  it("of two that are switched beside each other by many processes stay whole", async () => {
    const folder = await filled();
    for (const tenant of ["a", "b"])
      for (const version of ["v1", "v2"]) folder.channels.switch(tenant, "default", version, T0);
    const writers = [1, 2, 3].map(() => child("./channel-switcher.ts", path, "40"));
    for (const writer of writers) expect(await writer.heard()).toBe("ready");
    for (const writer of writers) writer.tell("go");
    const batch = somePatterns(200, { lineage: { ...somePatterns(1).lineage, encoderVersion: "v1" } });
    await folder.memory("b", { version: "v1", dim: DIM }).put(batch);
    for (let i = 0; i < 40; i++) folder.channels.rollback("a", "default", T0 + i);
    for (const writer of writers) expect(await writer.heard()).toBe("done");
    expect(folder.verify().problems).toEqual([]);
    expect(folder.channels.get("a", "default")).toMatchObject({ encoder: "v2", previous: "v1" }); // 160 times
  });

  it("go with their tenant, and stay when one of its series goes", async () => {
    const folder = await filled();
    for (const tenant of ["a", "b"]) folder.channels.switch(tenant, "default", "v1", T0);
    folder.forget({ tenant: "b", series: folder.holdings("b") });
    expect(folder.channels.list()).toHaveLength(2);
    folder.forget({ tenant: "a" });
    expect(folder.channels.list().map(({ tenant }) => tenant)).toEqual(["b"]);
    expect(folder.verify().problems).toEqual([]);
  });

  it.each([
    ["changed", "UPDATE channels SET encoder = 'v2' WHERE tenant = 'a'"],
    ["lost", "DELETE FROM channels WHERE tenant = 'a'"],
    ["added", "INSERT INTO channels VALUES ('c', 'default', 'v1', NULL, 1)"],
  ])("are not believed when a row was %s behind their back", async (_what, sql) => {
    const folder = await filled();
    for (const tenant of ["a", "b"]) folder.channels.switch(tenant, "default", "v1", T0);
    edit(sql);
    const reader = open("read");
    expect(() => reader.channels.get("a", "default")).toThrow(/table of channels/);
    expect(reader.verify({ quick: true }).problems).toHaveLength(1);
  });
});

describe("the identity of a memory", () => {
  it("is made once, by a writer, and kept", () => {
    const { identity } = open("write");
    expect(identity).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    closeAll();
    expect(open("write").identity).toBe(identity);
    expect(open("read").identity).toBe(identity);
    expect(open("write", join(at.path, "other")).identity).not.toBe(identity);
  });

  it("is nobody's where no writer has asked for it", () => {
    open("write");
    closeAll();
    const [one, two] = [open("read").identity, open("read").identity];
    expect(one).not.toBe(two);
  });

  it("leaves a memory whose index nobody asked for as it would be without one", () => {
    open("write").close();
    const before = memoryContent(path);
    open("write", join(at.path, "other")).close();
    expect(memoryContent(join(at.path, "other"))).toEqual(before);
    expect(open("write").identity).not.toBe("");
    closeAll();
    expect(memoryContent(path)).toMatchObject({ bytes: before["bytes"] });
  });

  it("is not believed when it is damaged", () => {
    expect(open("write").identity).not.toBe("");
    edit("UPDATE identity SET uuid = 'another'");
    expect(() => open("read").identity).toThrow(/its identity/);
  });
});
