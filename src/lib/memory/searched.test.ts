import { expect, it } from "vitest";
import { searchedSentence } from "./searched.ts";

const index = "weaviate://127.0.0.1:8585";

it("people are told whether all moments were compared, and where the memory itself was searched", () => {
  expect(searchedSentence({ index, fallback: null, exact: true })).toBe(`Searched by ${index}, exactly.`);
  expect(searchedSentence({ index, fallback: null, exact: false })).toMatch(/approximately: .* miss some/);
  expect(searchedSentence({ index, fallback: "too slow", exact: true })).toMatch(/memory itself: .*too slow/);
});
