import { html } from "../html/html.ts";
import { DISPLAY } from "./host.ts";
import { styled } from "./output-style.ts";
import type { Displayable } from "./show.ts";

/** How every notebook ends. */
export interface Conclusion {
  readonly answer: string | readonly string[];
  /** Figures beside their baselines. */
  readonly evidence: string | readonly string[];
  readonly doubts: string | readonly string[];
  readonly next: string | readonly string[];
}

const PARTS = ["answer", "evidence", "doubts", "next"] as const;

/** What this run found, in full sentences; several of one part stand below each other. */
export function conclusion(said: Conclusion): Displayable {
  const named = (part: string): string => part[0]!.toUpperCase() + part.slice(1);
  const lines = (part: (typeof PARTS)[number]): readonly string[] => [said[part]].flat();
  return {
    [DISPLAY]: () => ({
      "text/html": styled(
        PARTS.map(
          (part) =>
            html`<p>
              <b>${named(part)}.</b> ${lines(part).map((line, i) => (i === 0 ? line : html`<br />${line}`))}
            </p>`,
        ),
        html`<p class="soft">As this run found it.</p>`,
      ),
      "text/plain": PARTS.map((part) => `${named(part)}. ${lines(part).join("\n  ")}`).join("\n"),
    }),
  };
}
