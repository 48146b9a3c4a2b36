import { describe, expect, it } from "vitest";
import type { LiveProgress } from "../../workflows/live/plan.ts";
import type { Seen } from "../../workflows/watch-workflow.ts";
import { shownBy } from "./follow-workflow.ts";
import { createUi, type UiStream } from "./ui.ts";

const ID = "live/default/1a2b3c4d/file/BTCUSDT/5m";
const HOUR = Date.UTC(2024, 0, 2, 10);

const quiet: LiveProgress = {
  ...{ candles: 12, anchors: 12, answers: 12, abstained: 2, late: 0, leftOut: 0 },
  ...{ newest: HOUR, answered: HOUR, waitsFor: 0, trouble: null },
};

function seen(progress: object, paused = false): Seen {
  return { reported: { paused, window: 1, progress: { ...progress } }, pending: [] };
}

/** What a terminal shows in the end. */
function shown(...looks: readonly Seen[]): string {
  let text = "";
  let now = 0;
  const terminal: UiStream = { isTTY: true, columns: 400, write: (said) => void (text += said) };
  const ui = createUi({}, { stdout: terminal, stderr: terminal, env: {}, clock: () => (now += 1_000) });
  const show = shownBy(ui, ID);
  for (const look of looks) show.seen(look);
  return text.split("\r\u001b[K").at(-1)!;
}

describe("what ./rhyme watch shows of a series that is followed", () => {
  it("its newest moment, how far it is answered, and no share of a whole", () => {
    expect(shown(seen(quiet))).toBe(`${ID}  newest 2024-01-02T10:00:00Z, answered, 12 answers (2 abstained)`);
  });

  it("what it waits for, what was too much, and what is amiss", () => {
    const behind = {
      ...quiet,
      answered: HOUR - 300_000,
      waitsFor: 2,
      late: 1,
      leftOut: 40,
      trouble: "no route to host",
    };
    expect(shown(seen(quiet), seen(behind, true))).toBe(
      `${ID}  paused  newest 2024-01-02T10:00:00Z, answered up to 2024-01-02T09:55:00Z, ` +
        "waits for 2 other series, 12 answers (2 abstained), 1 late, 40 left out, trouble: no route to host",
    );
  });

  it("that nothing is there yet", () => {
    const begun = { ...quiet, newest: null, answered: null, answers: 0, abstained: 0 };
    expect(shown(seen(begun))).toBe(`${ID}  no moment yet, none answered, 0 answers (0 abstained)`);
  });
});

describe("what ./rhyme watch shows of a job with an end", () => {
  it("its phase and its share", () => {
    expect(shown(seen({ phase: "encode", done: 5, total: 20 }))).toMatch(/^live\S+ {2}encode {2}25 %/);
  });
});
