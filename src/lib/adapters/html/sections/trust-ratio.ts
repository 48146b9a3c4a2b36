import {
  TRUST_LABELS,
  TRUST_METHODS,
  type LabelScores,
  type TrustLabel,
  type TrustMethod,
  type TrustPeriod,
  type TrustReport,
} from "../../../evaluation/trust/trust-report.ts";
import type { Figure } from "../../plotly/figure.ts";
import type { PeriodLine } from "../../plotly/periods-figure.ts";
import { bestOther, LABEL_WORDS, ratioText } from "../../text/trust-words.ts";
import { counted } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import type { ChartSection } from "./charts.ts";
import { section } from "./section.ts";
import { figureOf, half, periodTable } from "./trust-periods.ts";

/** Drawn beside the best of the others, which stands out. */
const BESIDE: readonly [TrustMethod, PeriodLine["strength"]][] = [
  ["climatology", "other"],
  ["harClock", "soft"],
  ["withoutRecall", "ink"],
];

/** CRPS of the answer over that of the others, period by period. */
export function ratioOverTime({ periods, labels }: TrustReport): ChartSection {
  const figures: Record<string, Figure> = {};
  const parts = TRUST_LABELS.map((label) => {
    const lines = linesOf(periods, labels[label]);
    figures[`chart-ratio-${label}`] = figureOf(periods, {
      lines,
      marks: [1],
      unit: "ratio",
      title: "answer / other",
      range: [0.98, 1.02],
    });
    const { name } = LABEL_WORDS[label];
    const said = `CRPS of the ${name} over that of other methods, over ${counted(periods.length, "period")}; the table below holds the same.`;
    return half(`The ${name}`, `chart-ratio-${label}`, said, legend(lines));
  });
  const others = TRUST_METHODS.filter((method) => method !== "recall");
  const heads = TRUST_LABELS.flatMap((label) =>
    others.map((method) => `${LABEL_WORDS[label].name} / ${nameOf(labels[label], method)}`),
  );
  const cells = (p: TrustPeriod): string[] =>
    TRUST_LABELS.flatMap((label) => others.map((method) => ratioText(ratio(p, label, method) ?? NaN)));
  const note = html`<p>
    CRPS of the answer over that of others, per period: below 1 the answer was better.
  </p>`;
  return {
    section: section(
      { id: "ratio", title: "Against the others over time", note },
      html`<div class="halves wide">${parts}</div>
        ${periodTable(periods, heads, cells)}`,
    ),
    figures,
  };
}

function ratio({ crps }: TrustPeriod, label: TrustLabel, method: TrustMethod): number | null {
  return crps ? crps[label].recall / crps[label][method] : null;
}

function nameOf({ methods }: LabelScores, method: TrustMethod): string {
  return methods.find((one) => one.method === method)?.name ?? method;
}

/** The best of the others last, so that it lies on top. */
function linesOf(periods: readonly TrustPeriod[], scores: LabelScores): PeriodLine[] {
  const best = bestOther(scores)?.method ?? "withoutRecall";
  const line = (method: TrustMethod, strength: PeriodLine["strength"], name: string): PeriodLine => ({
    name,
    strength,
    values: periods.map((p) => ratio(p, scores.label, method)),
  });
  return [
    ...BESIDE.filter(([method]) => method !== best).map(([method, strength]) =>
      line(method, strength, nameOf(scores, method)),
    ),
    line(best, "own", `${nameOf(scores, best)}, the best of the others`),
  ];
}

function legend(lines: readonly PeriodLine[]): Html {
  return html`<p class="key lines">
    ${lines.toReversed().map(({ name, strength }) => html`<span class="${strength}">${name}</span> `)}
  </p>`;
}
