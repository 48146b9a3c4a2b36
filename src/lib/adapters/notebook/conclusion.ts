import { html } from "../html/html.ts";
import { DISPLAY } from "./host.ts";
import { styled } from "./output-style.ts";
import type { Displayable } from "./show.ts";

/** How every notebook ends. */
export interface Conclusion {
  readonly answer: string;
  /** Figures beside their baselines. */
  readonly evidence: string;
  readonly doubts: string;
  readonly next: string;
}

const PARTS = ["answer", "evidence", "doubts", "next"] as const;

/** What this run found, in full sentences. */
export function conclusion(said: Conclusion): Displayable {
  const named = (part: string): string => part[0]!.toUpperCase() + part.slice(1);
  return {
    [DISPLAY]: () => ({
      "text/html": styled(
        PARTS.map((part) => html`<p><b>${named(part)}.</b> ${said[part]}</p>`),
        html`<p class="soft">As this run found it.</p>`,
      ),
      "text/plain": PARTS.map((part) => `${named(part)}. ${said[part]}`).join("\n"),
    }),
  };
}
