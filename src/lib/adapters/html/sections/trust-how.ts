import { counted, NOT_ADVICE, percent } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import type { TrustPageInput } from "../trust-page-input.ts";
import { section } from "./section.ts";

/** How to read the page, how its numbers were made, and the report as data. */
export function trustHowSection({ report, notes = [] }: TrustPageInput): Html {
  const { bootstrap, effective, seed } = report;
  const lines = [
    "Every past moment was asked as of its own time: only candles, outcomes, encoders and tables that were known by then took part, in the answer and in every baseline alike.",
    "The baselines are of the same run and the same moments. Climatology states what had followed so far; persistence expects what just was; HAR is a regression on past ranges, with the hour of the week (the day for daily bars) on the market’s own clock where its name says so, fitted per symbol.",
    `Outcomes overlap: of all answers ${counted(effective, "answer")} do not overlap in time. Intervals hold ${percent(bootstrap.coverage)} and come from ${counted(bootstrap.resamples, "resample")} of ${counted(bootstrap.blocks, "block")} of neighbouring answers, seed ${seed}; p is a Diebold-Mariano test on losses averaged per instant.`,
    "Where the interval of a ratio holds 1, chance explains the difference.",
    ...notes,
  ];
  return html`${section(
      { id: "how", title: "How it was made", note: "Same memory, same seed: same bytes." },
      html`<ul class="honest">
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ul>`,
    )}
    <footer>
      <p class="advice">${NOT_ADVICE}</p>
      <details>
        <summary>The report as data</summary>
        <pre tabindex="0"><code>${JSON.stringify(report, null, 1)}</code></pre>
      </details>
      <p class="soft">Rhyme: history doesn’t repeat itself, but it often rhymes.</p>
    </footer>`;
}
