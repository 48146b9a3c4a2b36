import { html } from "./html.ts";
import type { CheckPageInput } from "./check-page-input.ts";
import { CHECK_STYLE } from "./check-style.ts";
import { checkViews, type CheckView } from "./check-view.ts";
import { pageShell } from "./page-shell.ts";
import { calendarSection } from "./sections/check-calendar.ts";
import { checkHeadline, checkSentence, checkTitle, seriesHeading } from "./sections/check-headline.ts";
import { kindSection } from "./sections/check-kind.ts";
import { overviewSection } from "./sections/check-overview.ts";
import { summarySection } from "./sections/check-summary.ts";

export type { CheckedSeries, CheckPageInput } from "./check-page-input.ts";

/**
 * What is wrong with candle files and what is missing, as one self-contained HTML file: an overview of all prices
 * with every gap and finding, a calendar of what is known, and a picture of each finding. Beyond `show` of a kind
 * pictures are small ones in a table; beyond 2,000 of a kind (8,000 of a page) a finding is counted, not listed, so
 * that the page stays under some 15 MB. Whatever came from outside is escaped. Equal input, equal text.
 */
export function checkPage(input: CheckPageInput): string {
  const views = checkViews(input);
  const overviews = views.map(overviewSection);
  const one = (view: CheckView, i: number) => html`
    ${views.length > 1 ? seriesHeading(view) : null} ${overviews[i]!.section ?? null} ${calendarSection(view)}
    ${summarySection(view)} ${view.kinds.map((kind) => kindSection(kind, view))}
  `;
  return pageShell({
    title: checkTitle(views),
    description: checkSentence(views),
    style: CHECK_STYLE,
    figures: Object.assign({}, ...overviews.map(({ figures }) => figures)),
    body: html`${checkHeadline(views)} ${views.map(one)}
      <footer>
        <p class="soft">Times are in UTC unless a zone is named. Nothing in the files was changed.</p>
        <p class="soft">Rhyme: history doesn’t repeat itself, but it often rhymes.</p>
      </footer>`,
  });
}
