// A process that writes to a memory folder, for tests of what happens when it is killed or in the way.
// node folder-writer.ts FOLDER: opens it, prints "ready", then obeys lines: put FROM TO, endless, close MS.
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { openMemoryFolder } from "../adapters/sqlite/open-memory.ts";
import { DIM } from "./some-patterns.ts";
import { writeStep } from "./written-steps.ts";

const folder = openMemoryFolder(process.argv[2]!, { mode: "write", writer: "folder-writer" });
const memory = folder.memory("default", { version: "v1", dim: DIM });
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [word, ...numbers] = line.split(" ");
  if (word === "put") {
    for (let step = Number(numbers[0]); step < Number(numbers[1]); step++)
      await writeStep(folder, memory, step);
    console.log("done");
  }
  if (word === "close") {
    await setTimeout(Number(numbers[0]));
    folder.close();
    process.exit(0);
  }
}
