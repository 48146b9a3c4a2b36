import { TRUST_LABELS, type TrustPeriod, type TrustReport } from "../../../evaluation/trust/trust-report.ts";
import type { Figure } from "../../plotly/figure.ts";
import type { PeriodLine } from "../../plotly/periods-figure.ts";
import { LABEL_WORDS, ratioText, shareText } from "../../text/trust-words.ts";
import { counted } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import type { ChartSection } from "./charts.ts";
import { figureSlot, section } from "./section.ts";
import { figureOf, half, PERIOD_HEIGHT, periodTable } from "./trust-periods.ts";
import { ratioOverTime } from "./trust-ratio.ts";

interface TimeSections {
  readonly section: readonly Html[];
  readonly figures: Readonly<Record<string, Figure>>;
}

const BANDS = ["50", "80", "90"] as const;
const STRENGTH = { "50": "other", "80": "own", "90": "ink" } as const;

/** Coverage, scores against the others and abstentions over time, with the numbers in tables beside them. */
export function periodSections(report: TrustReport): TimeSections {
  if (report.periods.length === 0) return { section: [], figures: {} };
  const parts = [coverageOverTime(report.periods), ratioOverTime(report), abstentionOverTime(report)];
  return {
    section: parts.map((part) => part.section),
    figures: Object.assign({}, ...parts.map((part) => part.figures)),
  };
}

function coverageOverTime(periods: readonly TrustPeriod[]): ChartSection {
  const figures: Record<string, Figure> = {};
  const parts = TRUST_LABELS.map((label) => {
    const lines = BANDS.map((band): PeriodLine => ({
      name: `${band}% band`,
      strength: STRENGTH[band],
      values: periods.map((p) => p.coverage?.[label][band] ?? null),
    }));
    const drawn = { marks: [0.5, 0.8, 0.9], unit: "percent", title: "held", range: [0.45, 0.95] } as const;
    figures[`chart-coverage-${label}`] = figureOf(periods, { lines, ...drawn });
    const { name } = LABEL_WORDS[label];
    const said = `Share of outcomes of the ${name} inside the bands, over ${counted(periods.length, "period")}; the table below holds the same.`;
    return half(`The ${name}`, `chart-coverage-${label}`, said);
  });
  const heads = TRUST_LABELS.flatMap((label) => BANDS.map((band) => `${LABEL_WORDS[label].name} ${band}%`));
  const cells = ({ answered, coverage }: TrustPeriod): string[] => [
    n(answered),
    ...TRUST_LABELS.flatMap((label) => BANDS.map((band) => shareText(coverage?.[label][band] ?? NaN))),
  ];
  const note = html`<p>
      Share of outcomes inside the bands, per period. Dotted: what they were made to hold.
    </p>
    <p>
      <span class="swatch ink"></span>90%<br /><span class="swatch past"></span>80%<br /><span
        class="swatch other"
      ></span
      >50%
    </p>
    <p>A period of few answers strays by chance.</p>`;
  return {
    section: section(
      { id: "coverage", title: "Coverage over time", note },
      html`<div class="halves wide">${parts}</div>
        ${periodTable(periods, ["answered", ...heads], cells)}`,
    ),
    figures,
  };
}

function abstentionOverTime({ periods, whenAbstained }: TrustReport): ChartSection {
  const share = (p: TrustPeriod): number | null => (p.asked > 0 ? 1 - p.answered / p.asked : null);
  const lines: PeriodLine[] = [{ name: "abstained", strength: "own", values: periods.map(share) }];
  const drawn = { marks: [], unit: "percent", title: "abstained", range: [0, 0.1], bars: true } as const;
  const cells = (p: TrustPeriod): string[] => [n(p.asked), n(p.answered), shareText(share(p) ?? NaN)];
  const note = html`<p>
    Share of moments for which no range was stated: neighbours too far, too few, or at odds.
  </p>`;
  const label = `Share of abstentions over ${counted(periods.length, "period")}; the table below holds the same.`;
  return {
    section: section(
      { id: "abstentions", title: "When it abstained", note },
      html`${whenAbstained ? hadItAnswered(whenAbstained) : null}
      ${figureSlot("chart-abstentions", label, PERIOD_HEIGHT)}
      ${periodTable(periods, ["asked", "answered", "abstained"], cells)}`,
    ),
    figures: { "chart-abstentions": figureOf(periods, { lines, ...drawn }) },
  };
}

function hadItAnswered({ rows, crps }: NonNullable<TrustReport["whenAbstained"]>): Html {
  return html`<p class="plain">
    Had an answer been stated all the same in ${counted(rows, "such moment")}, its CRPS of the return would
    have been ${ratioText(crps.return.recall / crps.return.climatology)} of climatology’s there.
  </p>`;
}

function n(count: number): string {
  return count.toLocaleString("en-GB");
}
