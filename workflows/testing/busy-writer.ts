// A process that writes one short piece after the other, for tests of who else may write meanwhile.
// node busy-writer.ts MEMORY PIECES: sends how many are done.
import { setTimeout as sleep } from "node:timers/promises";
import { Writer } from "../memory-access.ts";

const [memory, pieces] = process.argv.slice(2) as [string, string];
const writer = new Writer(memory, { signal: new AbortController().signal });
for (let done = 1; done <= Number(pieces); done++) {
  await writer.use(() => sleep(40));
  process.send!(done);
}
writer.close();
process.disconnect();
