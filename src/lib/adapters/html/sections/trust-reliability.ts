import { TRUST_LABELS, type LabelScores, type TrustReport } from "../../../evaluation/trust/trust-report.ts";
import type { Figure } from "../../plotly/figure.ts";
import { reliabilityFigure } from "../../plotly/reliability-figure.ts";
import { intervalText, LABEL_WORDS, shareText } from "../../text/trust-words.ts";
import { percent } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import { TOKENS } from "../page-view.ts";
import type { ChartSection } from "./charts.ts";
import { figureSlot, section } from "./section.ts";

/** How often outcomes lay below what was stated, level by level and method by method. */
export function reliabilitySection({ labels }: TrustReport): ChartSection {
  const note = html`<p>
      On the level line a level says the truth: of all outcomes, as many as stated lie at or below it. Above
      it on the left and below it on the right the bands are too narrow; the other way round they are too
      wide.
    </p>
    <p>
      <span class="swatch past"></span>the answer, with its intervals<br /><span class="swatch soft"></span
      >the other methods
    </p>`;
  const figures: Record<string, Figure> = {};
  const parts = TRUST_LABELS.map((label) => {
    const id = `chart-reliability-${label}`;
    figures[id] = reliabilityFigure({ methods: methodsOf(labels[label]), palette: TOKENS });
    const said = `Reliability of the ${LABEL_WORDS[label].name}; the table below holds the same.`;
    return html`<div>
      <h3>The ${LABEL_WORDS[label].name}</h3>
      ${figureSlot(id, said, 300)} ${table(labels[label])}
    </div>`;
  });
  return {
    section: section(
      { id: "reliability", title: "Do the levels hold?", note },
      html`<div class="halves wide">${parts}</div>`,
    ),
    figures,
  };
}

function methodsOf({
  methods,
  reliability,
}: LabelScores): Parameters<typeof reliabilityFigure>[0]["methods"] {
  return methods.map(({ method, name }) => ({ name, points: reliability[method] }));
}

function table(scores: LabelScores): Html {
  const levels = scores.reliability.recall.map(({ level }) => level);
  const row = ({ name, method }: LabelScores["methods"][number]): Html =>
    html`<tr class="${method === "recall" ? "own" : ""}">
      <th scope="row">${name}</th>
      ${scores.reliability[method].map(({ observed }) => html`<td>${shareText(observed.value)}<small>${intervalText(observed, shareText) ?? ""}</small></td>`)}
    </tr>`;
  return html`<details>
    <summary>As a table</summary>
    <div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label="Reliability of the ${LABEL_WORDS[scores.label].name}"
    >
      <table class="methods">
        <thead>
          <tr>
            <th scope="col">at or below the</th>
            ${levels.map((level) => html`<th scope="col">${percent(level)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${scores.methods.map(row)}
        </tbody>
      </table>
    </div>
  </details>`;
}
