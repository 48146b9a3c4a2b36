import type { TrustPeriod } from "../../../evaluation/trust/trust-report.ts";
import type { Figure } from "../../plotly/figure.ts";
import { periodsFigure, type PeriodsFigureInput } from "../../plotly/periods-figure.ts";
import { html, type Fragment, type Html } from "../html.ts";
import { TOKENS } from "../page-view.ts";
import { figureSlot } from "./section.ts";

export const PERIOD_HEIGHT = 280;

/** A figure over periods in the colours of the page. */
export function figureOf(
  periods: readonly TrustPeriod[],
  rest: Omit<PeriodsFigureInput, "from" | "to" | "palette">,
): Figure {
  const [from, to] = [periods.map((p) => p.from), periods.map((p) => p.to)];
  return periodsFigure({ from, to, palette: TOKENS, ...rest });
}

/** One of two figures that stand beside each other. */
export function half(title: string, id: string, label: string, below: Fragment = null): Html {
  return html`<div>
    <h3>${title}</h3>
    ${figureSlot(id, label, PERIOD_HEIGHT)} ${below}
  </div>`;
}

/** The numbers of a figure, period by period. */
export function periodTable(
  periods: readonly TrustPeriod[],
  heads: readonly string[],
  cells: (p: TrustPeriod) => readonly string[],
): Html {
  return html`<details>
    <summary>As a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="By period">
      <table class="methods">
        <thead>
          <tr>
            <th scope="col">from</th>
            <th scope="col">to</th>
            ${heads.map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${periods.map(
            (p) =>
              html`<tr>
                <th scope="row">${p.from.slice(0, 10)}</th>
                <td>${p.to.slice(0, 10)}</td>
                ${cells(p).map((text) => html`<td>${text}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
