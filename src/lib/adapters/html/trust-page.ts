import { html } from "./html.ts";
import { pageShell } from "./page-shell.ts";
import type { TrustPageInput } from "./trust-page-input.ts";
import { TRUST_STYLE } from "./trust-style.ts";
import { trustTitle } from "../text/trust-words.ts";
import { trustFoldsSection, trustSeriesSection } from "./sections/trust-series.ts";
import { trustHeadline } from "./sections/trust-headline.ts";
import { trustHowSection } from "./sections/trust-how.ts";
import { looksSections } from "./sections/trust-looks.ts";
import { reliabilitySection } from "./sections/trust-reliability.ts";
import { scoresSections } from "./sections/trust-scores.ts";
import { periodSections } from "./sections/trust-time.ts";

export type { Look, TrustPageInput } from "./trust-page-input.ts";

/**
 * A trust report as one self-contained HTML file: the verdict, every method of the run beside the answer with its
 * intervals, reliability, how all of that went over time, the best and the worst answers to look at, and how it was
 * made. Light and dark, from 360 px on. Whatever came from outside is escaped. Equal input, equal text.
 * @example writeFileSync("trust.html", trustPage({ report, looks: [] }))
 */
export function trustPage(input: TrustPageInput): string {
  const { report } = input;
  const reliability = reliabilitySection(report);
  const periods = periodSections(report);
  return pageShell({
    title: trustTitle(report),
    description: report.sentence,
    style: TRUST_STYLE,
    figures: { ...reliability.figures, ...periods.figures },
    body: html`${trustHeadline(report)} ${scoresSections(report)} ${reliability.section} ${periods.section}
    ${looksSections(input)} ${trustSeriesSection(report)} ${trustFoldsSection(report)}
    ${trustHowSection(input)}`,
  });
}
