import { DatabaseSync, StatementSync } from "node:sqlite";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { RhymeError } from "../../errors.ts";
import { memoryContent } from "../../testing/memory-content.ts";
import { ask, DIM, SERIES } from "../../testing/some-patterns.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { writeStep } from "../../testing/written-steps.ts";
import { openMemoryFolder, type MemoryFolder } from "./open-memory.ts";
import { PAGE_SIZE } from "./schema.ts";

const STEPS = 2;
const KEY = { tenant: "default", series: SERIES, encoderVersion: "v1", horizon: "4h" };

const memoryOf = (folder: MemoryFolder) => folder.memory("default", { version: "v1", dim: DIM });

/** A small course of everything that is written: candles, patterns, contexts, an encoder, a record saved twice. */
async function course(path: string, maxBytes?: number): Promise<void> {
  const options = maxBytes === undefined ? {} : { maxBytes };
  const folder = openMemoryFolder(path, { mode: "write", deadlineMs: 0, ...options });
  try {
    for (let step = 0; step < STEPS; step++) {
      await writeStep(folder, memoryOf(folder), step);
      folder.records.put(KEY, JSON.stringify({ step, filler: "x".repeat(20_000 * (step + 1)) }));
    }
  } finally {
    folder.close();
  }
}

/** What can be asked of the memory, each part as far as it has come; throws nothing but RhymeErrors. */
async function answers(path: string): Promise<{ count: number; found: number; problems: number }> {
  const folder = openMemoryFolder(path, { mode: "read" });
  try {
    const memory = memoryOf(folder);
    const { problems } = folder.verify();
    return {
      count: await memory.count(),
      found: (await memory.query(ask())).length,
      problems: problems.length,
    };
  } finally {
    folder.close();
  }
}

type Fail = (sql: string) => boolean;

/** Makes calls that execute something fail as a broken disk does, before or after they did their work. */
function failing(fail: Fail, when: "before" | "after", errcode: number): void {
  const broken = (): Error =>
    Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode });
  const wrap = (owner: object, method: "exec" | "run"): void => {
    const real = Reflect.get(owner, method) as (...args: unknown[]) => unknown;
    vi.spyOn(owner as Record<string, () => unknown>, method).mockImplementation(function (
      this: unknown,
      ...args: unknown[]
    ) {
      const hit = fail(method === "exec" ? String(args[0]) : (this as StatementSync).sourceSQL);
      if (hit && when === "before") throw broken();
      const result = Reflect.apply(real, this, args);
      if (hit) throw broken();
      return result;
    });
  };
  wrap(DatabaseSync.prototype, "exec");
  wrap(StatementSync.prototype, "run");
}

describe("a memory whose storage fails", () => {
  const at = temporaryFolder();
  const path = join(at.path, "m");
  let whole: Readonly<Record<string, string>>;
  let pages: number;
  beforeAll(async () => {
    const undisturbed = join(at.path, "whole");
    await course(undisturbed);
    whole = memoryContent(undisturbed);
    pages = openStorePages(undisturbed);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(path, { recursive: true, force: true });
  });
  afterAll(() => at.remove());

  const openStorePages = (folder: string): number => {
    const db = new DatabaseSync(join(folder, "rhyme.sqlite"), { readOnly: true });
    const count = Number(db.prepare("PRAGMA page_count").get()!["page_count"]);
    db.close();
    return count;
  };

  /** The course meets a fault, what is left holds whole batches only, and the next run completes it. */
  const survives = async (run: () => Promise<void>, about: string): Promise<boolean> => {
    const error: unknown = await run().then(
      () => null,
      (reason: unknown) => reason,
    );
    vi.restoreAllMocks();
    if (error !== null) {
      expect(error, about).toBeInstanceOf(RhymeError);
      expect((error as RhymeError).kind, about).toBe("store");
    }
    const left = await answers(path).catch((reason: unknown) => {
      expect(reason, about).toBeInstanceOf(RhymeError); // it was not even begun
      return null;
    });
    if (left) {
      expect(left.problems, about).toBe(0);
      expect(left.count % 40, about).toBe(0); // a batch is one transaction
    }
    await course(path);
    expect(memoryContent(path), about).toEqual(whole);
    return error !== null;
  };

  it.each([
    ["before", 10],
    ["after", 13],
  ] as const)(
    "is whole and completes to the same bytes whichever write fails %s it is done (code %i)",
    async (when, errcode) => {
      let calls = 0;
      failing(() => (calls++, false), "before", errcode);
      await course(path);
      vi.restoreAllMocks();
      rmSync(path, { recursive: true });
      const total = calls;
      expect(total).toBeGreaterThan(250);
      let faults = 0;
      for (let n = 0; n < total; n++) {
        let call = 0;
        const survived = await survives(() => {
          failing(() => call++ === n, when, errcode);
          return course(path);
        }, `call ${n} of ${total}, ${when}`);
        if (survived) faults++;
        rmSync(path, { recursive: true, force: true });
        n += n > 30 && n < total - 30 ? 9 : 0; // most are rows of one statement after another
      }
      expect(faults).toBeGreaterThan(40);
    },
    120_000,
  );

  it("is whole when rolling back fails too, and tells the first error", async () => {
    let fails = false;
    failing((sql) => sql === "ROLLBACK" || (fails ||= sql.startsWith("INSERT INTO contexts")), "before", 10);
    await expect(course(path)).rejects.toThrow(/disk that reads and writes/);
    vi.restoreAllMocks();
    await course(path);
    expect(memoryContent(path)).toEqual(whole);
  });

  it("says that the disk is full at whichever page it ends, and completes to the same bytes once there is room", async () => {
    let full = 0;
    for (let room = 1; room < pages; room++) {
      if (await survives(() => course(path, room * PAGE_SIZE), `room for ${room} of ${pages} pages`)) full++;
      rmSync(path, { recursive: true, force: true });
    }
    expect(full).toBeGreaterThan(15);
  });
});
