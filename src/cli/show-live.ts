import type { LiveProgress } from "../../workflows/live/plan.ts";
import { counted } from "../lib/adapters/text/words.ts";
import { iso } from "../lib/time/units.ts";

/** Whether what a workflow reports is how far a series that is followed has come. */
export function isLive(progress: object): progress is LiveProgress {
  return "newest" in progress && "answered" in progress;
}

/** `newest 2021-01-04T05:00:00Z, answered up to 2021-01-04T04:55:00Z, waits for 1 other series, 12 answers (3 abstained)` */
export function liveFigures(progress: LiveProgress): string {
  const { newest, answered, waitsFor, answers, abstained, late, leftOut = 0, trouble } = progress;
  return [
    newest === null ? "no moment yet" : `newest ${iso(newest)}`,
    answered === null
      ? "none answered"
      : answered === newest
        ? "answered"
        : `answered up to ${iso(answered)}`,
    waitsFor > 0 ? `waits for ${waitsFor} other series` : null,
    `${counted(answers, "answer")} (${abstained} abstained)`,
    late > 0 ? `${late} late` : null,
    leftOut > 0 ? `${leftOut} left out` : null,
    trouble === null ? null : `trouble: ${trouble}`,
  ]
    .filter((part) => part !== null)
    .join(", ");
}
