import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { memoryContent } from "../../lib/testing/memory-content.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { mayMount, mount, mountMemory, unmount } from "./mounting.ts";
import { commandLine, rhyme } from "./run-rhyme.ts";
import { rememberSmall, smallMemory, type SmallMemory } from "./small-memory.ts";

const noMount = !mayMount(); // the pages of a store that is full are counted one by one in write-faults.fault.test.ts
const ROOM = 64 * 1024;

describe("a disk that is full", () => {
  const at = temporaryFolder();
  const disk = join(at.path, "disk");
  const memory = join(disk, "m");
  const whole = join(at.path, "whole");
  let small: SmallMemory;
  beforeAll(async () => {
    small = await smallMemory(at.path);
    await rememberSmall(small, whole);
  });
  afterEach(() => unmount(disk));
  afterAll(() => at.remove());

  const remember = (into: string): readonly string[] => [
    "remember",
    small.file,
    ...small.args,
    "--memory",
    into,
  ];
  const ask = ["ask", "--memory", memory, "--symbol", "S", "--horizon", "1h", "--quiet"];

  it.skipIf(noMount)(
    "is named with what to do, loses nothing, and with more room the same command ends with the same bytes (needs mounting)",
    async () => {
      const full: number[] = [];
      for (const kib of [4, 32, 100, 200, 400, 700, 1_000, 1_300, 1_600]) {
        expect(mountMemory(disk, kib)).toBe(true);
        const first = await rhyme(remember(memory));
        if (first.code !== 0) {
          full.push(kib);
          expect(first, `${kib} KiB`).toMatchObject({ code: 2, stdout: "" });
          expect(first.stderr, `${kib} KiB`).toMatch(/full disk|no space left/i);
          expect(first.stderr, `${kib} KiB`).toMatch(/run the same command again/);
        }
        // All may have been committed to the write-ahead log, with no room left to bring it home: nothing is lost then.
        if (first.code !== 0 || existsSync(join(memory, "rhyme.sqlite-wal"))) {
          expect(mount("-o", `remount,size=${ROOM}k`, disk)).toBe(true);
          expect(await rhyme(remember(memory)), `${kib} KiB`).toMatchObject({ code: 0 });
        }
        expect(memoryContent(memory), `${kib} KiB`).toEqual(memoryContent(whole));
        unmount(disk);
      }
      expect(full.length).toBeGreaterThan(4);
    },
    120_000,
  );

  it.skipIf(noMount)(
    "still answers, and leaves no half of a page or a table behind (needs mounting)",
    async () => {
      expect(mountMemory(disk, ROOM)).toBe(true);
      await rememberSmall(small, memory);
      const others = readdirSync(disk);
      fill(disk);
      const plain = await rhyme([...ask, "--json"]);
      expect(plain.code).toBe(0);
      expect(JSON.parse(plain.stdout)).toMatchObject({ question: { symbol: "S" } });
      const page = join(disk, "answer.html");
      const table = join(disk, "candles.parquet");
      for (const [made, args] of [
        [page, [...ask, "--html", page]],
        [table, ["export", "--memory", memory, "--what", "candles", "--out", table, "--quiet"]],
      ] as const) {
        const { code, stderr } = await rhyme(args);
        expect(code, made).toBe(2);
        expect(stderr, made).toMatch(/no space left|full disk/i);
        expect(existsSync(made), made).toBe(false);
      }
      rmSync(join(disk, "filler"));
      expect(readdirSync(disk)).toEqual(others);
    },
  );

  it("is told from a limit on the size of files, and loses as little", async () => {
    const limited = join(at.path, "limited");
    for (const kib of [4, 60, 200, 400]) {
      rmSync(limited, { recursive: true, force: true });
      const words = commandLine(remember(limited));
      const run = spawnSync("bash", ["-c", `ulimit -f ${kib}; exec "$@"`, "bash", ...words], {
        encoding: "utf8",
      });
      expect(run.status, run.stderr).toBe(2);
      expect(run.stderr, `${kib} KiB`).toMatch(/input\/output error|too large|room/);
      expect(run.stderr, `${kib} KiB`).not.toMatch(/bug of rhyme/);
      expect(await rhyme(remember(limited)), `${kib} KiB`).toMatchObject({ code: 0 });
      expect(memoryContent(limited), `${kib} KiB`).toEqual(memoryContent(whole));
    }
  });
});

/** Writes until no block is left. */
function fill(folder: string): void {
  for (const bytes of [1 << 20, 1 << 12])
    try {
      for (;;) writeFileSync(join(folder, "filler"), Buffer.alloc(bytes), { flag: "a" });
    } catch {
      // full, to this size of block
    }
}
