import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { temporaryFolder, type TemporaryFolder } from "../../testing/temporary-folder.ts";
import { FolderWatch } from "./folder-watch.ts";

let at: TemporaryFolder;
let watched: FolderWatch;
const told: string[] = [];
beforeEach(() => {
  at = temporaryFolder();
  watched = new FolderWatch();
  told.length = 0;
});
afterEach(() => {
  watched.close();
  at.remove();
});

const follow = (symbol: string, folder = at.path): void =>
  watched.watch(folder, symbol, { symbol, timeframe: "5m", tell: () => void told.push(symbol) });
const write = (name: string): void => appendFileSync(path.join(at.path, name), "1\n");
const untilTold = (of: readonly string[]): Promise<unknown> =>
  vi.waitFor(() => expect(told).toEqual(of), 5_000);

it("who follows a series is told of its files alone: as they are begun, grow, or come whole", async () => {
  follow("AAA");
  follow("AAA");
  follow("BBB");
  write("AAA_5m.csv");
  await untilTold(["AAA"]);
  for (const other of ["AAA_1h.csv", "CCC_5m.csv", ".BBB_5m.csv"]) write(other);
  renameSync(path.join(at.path, ".BBB_5m.csv"), path.join(at.path, "BBB_5m.csv"));
  await untilTold(["AAA", "BBB"]);
  expect(told).toEqual(["AAA", "BBB"]);
});

it("nobody is told any more once he is forgotten, or nobody watches", async () => {
  follow("AAA");
  follow("BBB");
  watched.forget("AAA");
  write("AAA_5m.csv");
  write("BBB_5m.csv");
  await untilTold(["BBB"]);
  watched.close();
  write("BBB_5m.csv");
  await pause(100);
  expect(told).toEqual(["BBB"]);
});

it("a folder that came after is watched from the next time on", () => {
  const folder = path.join(at.path, "later");
  expect(() => follow("AAA", folder)).toThrow(/ENOENT/);
  mkdirSync(folder);
  follow("AAA", folder);
  writeFileSync(path.join(folder, "AAA_5m.csv"), "1\n");
  return untilTold(["AAA"]);
});

it("a folder that was taken away and made anew is watched anew, by all who followed it", async () => {
  const folder = path.join(at.path, "again");
  mkdirSync(folder);
  follow("AAA", folder);
  follow("BBB", folder);
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  follow("AAA", folder);
  await pause(50);
  told.length = 0; // that it was taken away may have been told as well
  writeFileSync(path.join(folder, "AAA_5m.csv"), "1\n");
  await untilTold(["AAA"]);
  writeFileSync(path.join(folder, "BBB_5m.csv"), "1\n");
  await untilTold(["AAA", "BBB"]);
  expect(told).toEqual(["AAA", "BBB"]);
});
