import { expect, it } from "vitest";
import { Arrivals } from "./arrivals.ts";

const { signal } = new AbortController();
const LONG = 60_000;

async function isOver(promise: Promise<unknown>): Promise<boolean> {
  const not = Symbol("not yet");
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(() => resolve(not)))])) !== not;
}

it("who waits for so many of a memory goes on when they have come, whoever else waits", async () => {
  const arrivals = new Arrivals();
  const two = arrivals.next("a", 2, LONG, signal);
  const other = arrivals.next("b", 1, LONG, signal);
  arrivals.came("a");
  expect(await isOver(two)).toBe(false);
  const one = arrivals.next("a", 1, LONG, signal); // what came before does not count
  arrivals.came("a");
  await Promise.all([one, two]);
  expect(await isOver(other)).toBe(false);
  arrivals.came("b");
  await other;
});

it("goes on after a while without them, and ends when it is cancelled", async () => {
  const arrivals = new Arrivals();
  await arrivals.next("a", 3, 1, signal);
  const stop = new AbortController();
  const waiting = arrivals.next("a", 1, LONG, stop.signal);
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
});
