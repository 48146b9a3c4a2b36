import { answerSentence, headline } from "../text/words.ts";
import type { AnswerPageInput } from "./answer-page-input.ts";
import { html, scriptJson, trusted } from "./html.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { pageView } from "./page-view.ts";
import { plotlyBundle } from "./plotly-bundle.ts";
import { beforeSection } from "./sections/before.ts";
import { fanSection, graphSection, pathsSection } from "./sections/charts.ts";
import { exampleSection } from "./sections/example.ts";
import { closingSections } from "./sections/footer.ts";
import { happenedSection } from "./sections/happened.ts";
import { headlineSection } from "./sections/headline.ts";
import { neighboursSection } from "./sections/neighbours.ts";
import { recordSection } from "./sections/record.ts";

export type { AnswerPageInput, RecordPoint } from "./answer-page-input.ts";

// No address is allowed at all: what the page needs is in it.
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'";

/**
 * One answer as a self-contained HTML file of about 2 MB: no request leaves it, so it can be opened from disk, sent
 * and printed. Light and dark, from 360 px on; readable without JavaScript except for the interactive charts.
 * Whatever came from outside (symbols, reasons, notes) is escaped. Equal input, equal text.
 *
 * @throws RhymeError "usage" where horizonBars must be derived and the horizon does not fit the timeframe.
 * @example writeFileSync("answer.html", answerPage({ answer, candles, paths, question, graph: null, notes: [] }))
 */
export function answerPage(input: AnswerPageInput): string {
  const view = pageView(input);
  const paths = pathsSection(view);
  const fan = fanSection(view);
  const graph = graphSection(view);
  const record = recordSection(view);
  const figures = { ...paths?.figures, ...fan?.figures, ...record.figures, ...graph?.figures };
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="description" content="${answerSentence(view.answer, view.naming)}" />
        <title>${headline(view.answer, view.naming)}</title>
        <style>
          ${trusted(PAGE_STYLE)}
        </style>
      </head>
      <body>
        <main class="page">
          ${headlineSection(view)} ${beforeSection(view)} ${paths?.section ?? null} ${fan?.section ?? null}
          ${happenedSection(view)} ${neighboursSection(view)} ${record.section} ${exampleSection(view)}
          ${graph?.section ?? null} ${closingSections(view)}
        </main>
        <script type="application/json" id="figures">
          ${scriptJson(figures)}
        </script>
        <script type="text/plain" id="plotly">
          ${Object.keys(figures).length > 0 ? trusted(plotlyBundle()) : null}
        </script>
        <script>
          ${trusted(PAGE_SCRIPT)};
        </script>
      </body>
    </html> `;
  return page.markup;
}
