import { createInterface } from "node:readline";
import { besideWriter } from "../adapters/sqlite/channels-beside-writer.ts";
import { T0 } from "./some-patterns.ts";

/** Goes back and forth in channel default of tenant `a`, as often as it is told, beside whoever writes. */
const [path, times] = process.argv.slice(2) as [string, string];
console.log("ready");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
await lines.next(); // told to begin
for (let i = 0; i < Number(times); i++)
  besideWriter(path, (channels) => channels.rollback("a", "default", T0 + i));
console.log("done");
process.exit(0);
