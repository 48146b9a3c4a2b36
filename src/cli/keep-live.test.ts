import { expect, it } from "vitest";
import { assertLive } from "./keep-live.ts";

const INDEX = {} as NonNullable<Parameters<typeof assertLive>[1]>;

it("keeps a live state of the newest moment, through the default channel, in an index, and of nothing else", () => {
  expect(() => assertLive({}, INDEX)).not.toThrow();
  expect(() => assertLive({ channel: "default" }, INDEX)).not.toThrow();
  expect(() => assertLive({ channel: "canary" }, INDEX)).toThrow("--channel canary");
  expect(() => assertLive({ at: "2024-01-01" }, INDEX)).toThrow("--at");
  expect(() => assertLive({ knownAt: "now" }, INDEX)).toThrow("--known-at");
  expect(() => assertLive({}, null)).toThrow("no --index");
});
