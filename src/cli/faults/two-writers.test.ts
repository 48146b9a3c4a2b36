import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openMemoryFolder } from "../../lib/adapters/sqlite/open-memory.ts";
import { child } from "../../lib/testing/child.ts";
import { memoryContent } from "../../lib/testing/memory-content.ts";
import { temporaryFolder } from "../../lib/testing/temporary-folder.ts";
import { rhyme, startRhyme } from "./run-rhyme.ts";
import { rememberSmall, smallMemory, type SmallMemory } from "./small-memory.ts";

describe("two that write to one memory", () => {
  const at = temporaryFolder();
  const memory = join(at.path, "m");
  let small: SmallMemory;
  let content: Readonly<Record<string, string>>;
  beforeAll(async () => {
    small = await smallMemory(at.path);
    await rememberSmall(small, memory);
    content = memoryContent(memory);
  });
  afterAll(() => at.remove());

  const remember = (into: string): readonly string[] => [
    "remember",
    small.file,
    ...small.args,
    "--memory",
    into,
  ];
  const ask = ["ask", "--memory", memory, "--symbol", "S", "--horizon", "1h", "--json"];

  it("take turns, and a question is answered meanwhile", async () => {
    const writer = child("./folder-writer.ts", memory);
    await writer.heard();
    const { code, stdout, stderr } = await rhyme(ask);
    expect(code).toBe(0);
    expect(stderr).toContain("not kept in the prediction log");
    expect(JSON.parse(stdout)).toMatchObject({ question: { symbol: "S" } });
    const second = startRhyme(remember(memory));
    await second.said(`waiting for folder-writer, process ${writer.pid} on ${hostname()}`);
    writer.tell("close 0");
    await writer.ended();
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(memoryContent(memory)).toEqual(content);
  });

  it("do not wait for ever: the second is refused by name and pid, and nothing is lost", async () => {
    const writer = child("./folder-writer.ts", memory);
    await writer.heard();
    const { code, stderr } = await rhyme(remember(memory));
    expect(code).toBe(2);
    expect(stderr).toContain(`folder-writer, process ${writer.pid} on ${hostname()}`);
    expect(stderr).toMatch(/Wait for it to finish/);
    await writer.kill();
    expect(await rhyme(remember(memory))).toMatchObject({ code: 0 }); // no stale lock to clear away
    expect(memoryContent(memory)).toEqual(content);
  });

  it("begun at the same moment end with the memory of one", async () => {
    const fresh = join(at.path, "fresh");
    const runs = [startRhyme(remember(fresh)), startRhyme(remember(fresh)), startRhyme(remember(fresh))];
    const ended = await Promise.all(runs.map((run) => run.ended));
    for (const { code, stderr } of ended)
      if (code !== 0) expect(stderr).toMatch(/rhyme, process \d+ on .*writing to it/);
    expect(ended.some(({ code }) => code === 0)).toBe(true);
    expect(memoryContent(fresh)).toEqual(content);
  });

  it("are kept apart by the system's lock, not by a pid that may be another program's by now", async () => {
    const lock = new DatabaseSync(join(memory, "rhyme.lock"));
    lock.exec(`UPDATE writer SET pid = ${process.pid}, name = 'someone'`); // alive, and no writer
    openMemoryFolder(memory, { mode: "write", deadlineMs: 0 }).close();
    lock.exec(`UPDATE writer SET pid = ${await goneProcess()}`);
    lock.exec("BEGIN IMMEDIATE"); // held by one that has not yet said who it is
    const refused = (): unknown => openMemoryFolder(memory, { mode: "write", deadlineMs: 0 }).close();
    expect(refused).toThrow(/got another process writing to it/);
    lock.exec("ROLLBACK");
    lock.close();
    openMemoryFolder(memory, { mode: "write", deadlineMs: 0 }).close();
  });

  it("are told whom they wait for", async () => {
    const writer = child("./folder-writer.ts", memory);
    await writer.heard();
    const waited: string[] = [];
    const onWait = (holder: string): void => void waited.push(holder);
    writer.tell("close 300");
    openMemoryFolder(memory, { mode: "write", deadlineMs: 20_000, onWait }).close();
    expect(waited).toEqual([`folder-writer, process ${writer.pid} on ${hostname()}, writing to it`]);
    await writer.ended();
    openMemoryFolder(memory, { mode: "write", deadlineMs: 20_000, onWait }).close();
    expect(waited).toHaveLength(1);
  });

  /** The pid of a process that has ended. */
  const goneProcess = async (): Promise<number> => {
    const gone = startRhyme(["--help"]);
    await gone.ended;
    await setTimeout(10);
    return gone.pid;
  };
});
