import { expect, it } from "vitest";
import { sameEpisode } from "./episode.ts";

it("patterns are one episode when anything happened in both, and not when one begins where the other ends", () => {
  expect(sameEpisode(0, 4, 3, 7)).toBe(true);
  expect(sameEpisode(3, 7, 0, 4)).toBe(true);
  expect(sameEpisode(0, 9, 3, 4)).toBe(true);
  expect(sameEpisode(0, 4, 0, 4)).toBe(true);
  expect(sameEpisode(0, 4, 4, 8)).toBe(false);
  expect(sameEpisode(4, 8, 0, 4)).toBe(false);
});
