import { NOT_ADVICE } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import type { PageView } from "../page-view.ts";
import { section } from "./section.ts";

/** The honest notes, how to do the same with one's own candles, where the answer comes from. */
export function closingSections(view: PageView): Html {
  const { answer, notes } = view;
  const { question, encoder } = answer;
  const lineage: readonly [string, string][] = [
    ["Answer", answer.id],
    [
      "Question",
      `${question.symbol} (${question.source}, ${question.timeframe}), as of ${question.asOf}, horizon ${question.horizon}, k ${question.k}`,
    ],
    ["Encoder", `${encoder.version}, known at ${encoder.knownAt}`],
    ["Data", answer.data.hash],
  ];
  const calendar =
    view.calendar === null || view.calendar === "24x7" ? [] : [`  --calendar ${view.calendar} \\`];
  const command = [
    "./rhyme remember prices.csv \\",
    ...calendar,
    `  --symbol MINE --timeframes ${view.timeframes.join(",") || "1d"} \\`,
    "  --memory my-memory",
    "./rhyme ask --memory my-memory \\",
    `  --symbol MINE --horizon ${question.horizon} --html answer.html`,
  ].join("\n");
  const honest =
    notes.length > 0
      ? section(
          { id: "notes", title: "What to know", note: "What an honest reader would ask." },
          html`<ul class="honest">
            ${notes.map((note) => html`<li>${note}</li>`)}
          </ul>`,
        )
      : null;
  return html`${honest}${section({ id: "own", title: "Ask your own past", note: "Any candles as CSV or Parquet. Everything stays on your machine." }, html`<pre class="command"><code>${command}</code></pre>`)}
    <footer>
      <p class="advice">${NOT_ADVICE}</p>
      <details>
        <summary>Lineage, and the answer as data</summary>
        <dl>
          ${lineage.map(
            ([name, value]) =>
              html`<dt>${name}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
        <pre tabindex="0"><code>${JSON.stringify(answer, null, 1)}</code></pre>
      </details>
      <p class="soft">Rhyme: history doesn’t repeat itself, but it often rhymes.</p>
    </footer> `;
}
