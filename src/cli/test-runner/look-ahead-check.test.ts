import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { HINDSIGHT, LEAKING } from "../../lib/testing/histories/planted-subjects.ts";
import { createUi } from "../ui.ts";
import { runLookAheadCheck } from "./look-ahead-check.ts";

const PLANTED = fileURLToPath(new URL("../../lib/testing/histories/planted-subjects.ts", import.meta.url));

describe("the look-ahead check of ./rhyme test", () => {
  it("counts every function, and fails with those that look ahead", async () => {
    const ui = createUi({ quiet: true });
    const signal = new AbortController().signal;
    const tally = await runLookAheadCheck({ ui, signal, histories: 26, registry: PLANTED });
    expect(tally).toMatchObject({ check: "look-ahead", passed: 1, failed: 2, skipped: [] });
    expect(tally.failures).toHaveLength(2);
    for (const { name } of [LEAKING, HINDSIGHT])
      expect(tally.failures.some((text) => text.startsWith(`${name}: `) && text.includes("--chunk 0"))).toBe(
        true,
      );
  });
});
