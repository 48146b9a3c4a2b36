import { expect, it } from "vitest";
import { RhymeError } from "../../src/lib/errors.ts";
import { asFailure } from "../failures.ts";
import { attemptsOf, retryAfter } from "../retry-after.ts";
import { RETRY } from "../retry.ts";
import { LIVE_ATTEMPTS } from "./attempts.ts";
import { followAll } from "./locally.ts";

it("one series that cannot be followed is told of, and ends none of the others", async () => {
  const stop = new AbortController();
  const told: (readonly [number, string])[] = [];
  const looks = [0, 0];
  const follow = async (series: number): Promise<void> => {
    for (; looks[series]! < 5; looks[series]!++) {
      if (series === 0) throw new Error("broken");
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort(new Error("enough"));
  };
  const onFailed = (series: number, reason: string): void => void told.push([series, reason]);
  await expect(followAll(2, follow, { signal: stop.signal, onFailed })).rejects.toThrow("enough");
  expect(looks).toEqual([0, 5]);
  expect(told).toEqual([[0, expect.stringContaining("broken")]]);
});

it("where none can be followed any more, it ends", async () => {
  const { signal } = new AbortController();
  const failing = (): Promise<void> => Promise.reject(new Error("broken"));
  await expect(followAll(2, failing, { signal, onFailed: () => undefined })).rejects.toThrow("broken");
});

it("the truth is waited for without end in process as well, an index is not", () => {
  expect(retryAfter(1_000, LIVE_ATTEMPTS.look)).not.toBeNull();
  expect(retryAfter(1_000, LIVE_ATTEMPTS.openLive)).not.toBeNull();
  expect(retryAfter(2, LIVE_ATTEMPTS.show)).toBeNull();
});

it("what nobody knows ends a series after some attempts, though its memory would be waited for", () => {
  const failure = (error: unknown): number => attemptsOf(asFailure(error), LIVE_ATTEMPTS.look);
  expect(failure(new TypeError("a bug"))).toBe(RETRY.maximumAttempts);
  const away = { place: "a disk", expected: "a file", received: "none", remedy: "Wait." };
  expect(failure(new RhymeError("store", away))).toBe(Infinity);
  expect(attemptsOf(asFailure(new TypeError("a bug")), LIVE_ATTEMPTS.show)).toBe(2);
});
