import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openMemoryFolder } from "../src/lib/adapters/sqlite/open-memory.ts";
import { temporaryFolder, type TemporaryFolder } from "../src/lib/testing/temporary-folder.ts";
import { writing } from "./memory-access.ts";

const WRITER = fileURLToPath(new URL("testing/busy-writer.ts", import.meta.url));

let at: TemporaryFolder;
beforeEach(() => {
  at = temporaryFolder();
});
afterEach(() => at.remove());

it("a process that has much to write lets another one in between", { timeout: 60_000 }, async () => {
  const memory = path.join(at.path, "memory");
  openMemoryFolder(memory, { mode: "write" }).close();
  const pieces = 150; // 40 ms each: 6 s of writing
  const busy = fork(WRITER, [memory, String(pieces)], {
    execArgv: ["--conditions=lab-source", "--disable-warning=ExperimentalWarning"],
  });
  let done = 0;
  busy.on("message", (count) => (done = count as number));
  const ended = once(busy, "exit");
  await once(busy, "message");
  const { signal } = new AbortController();
  const waited: number[] = [];
  for (let i = 0; i < 4; i++) {
    const before = done;
    await writing(memory, { signal }, () => sleep(5));
    waited.push(done - before);
    await sleep(20);
  }
  await ended;
  expect(waited).toHaveLength(4);
  // A lease is a dozen pieces: by turns, but for one that a busy machine misses.
  expect(Math.max(...waited)).toBeLessThan(40);
  expect(done).toBe(pieces);
});
