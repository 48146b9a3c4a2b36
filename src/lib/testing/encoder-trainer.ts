// A process that fits an encoder, for tests of what happens when it is killed.
// node encoder-trainer.ts FOLDER AT WISH: prints the number of every step, then "done".
import { openMemoryFolder } from "../adapters/sqlite/open-memory.ts";
import { trainEncoder, type TrainWish } from "../adapters/folder/train-encoder.ts";

const [path, at, wish] = process.argv.slice(2) as [string, string, string];
const folder = openMemoryFolder(path, { mode: "read" });
await trainEncoder(folder, JSON.parse(wish) as TrainWish, at, {
  signal: new AbortController().signal,
  onProgress: ({ done }) => console.log(done),
});
console.log("done");
