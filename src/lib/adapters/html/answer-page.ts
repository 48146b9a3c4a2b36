import { answerSentence, headline } from "../text/words.ts";
import type { AnswerPageInput } from "./answer-page-input.ts";
import { html } from "./html.ts";
import { pageShell } from "./page-shell.ts";
import { pageView } from "./page-view.ts";
import { beforeSection } from "./sections/before.ts";
import { fanSection, graphSection, pathsSection } from "./sections/charts.ts";
import { exampleSection } from "./sections/example.ts";
import { closingSections } from "./sections/footer.ts";
import { happenedSection } from "./sections/happened.ts";
import { headlineSection } from "./sections/headline.ts";
import { neighboursSection } from "./sections/neighbours.ts";
import { recordSection } from "./sections/record.ts";

export type { AnswerPageInput, RecordPoint } from "./answer-page-input.ts";

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
  return pageShell({
    title: headline(view.answer, view.naming),
    description: answerSentence(view.answer, view.naming),
    figures,
    body: html`
      ${headlineSection(view)} ${beforeSection(view)} ${paths?.section ?? null} ${fan?.section ?? null}
      ${happenedSection(view)} ${neighboursSection(view)} ${record.section} ${exampleSection(view)}
      ${graph?.section ?? null} ${closingSections(view)}
    `,
  });
}
