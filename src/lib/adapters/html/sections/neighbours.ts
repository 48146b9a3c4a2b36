import type { AnswerNeighbour } from "../../../recall/answer.ts";
import { decimal, moment, needsClock, percent, signedPercent } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import type { PageView } from "../page-view.ts";
import { section } from "./section.ts";

const COLUMNS: readonly [name: string, title: string][] = [
  ["Moment", "When the remembered moment was"],
  ["Symbol", "Whose candles they are"],
  ["After", "Change over the horizon"],
  ["Distance", "1 − cosine of the embeddings"],
  ["Weight", "Share among the neighbours"],
  ["Max gain", "Highest high on the way"],
  ["Max loss", "Lowest low on the way"],
  ["Surprise", "Log of the realised range over what the base forecast expected"],
];

/** The nearest episodes as a table; the page's script sorts it by any column. */
export function neighboursSection(view: PageView): Html {
  const { neighbours } = view.answer;
  const note = html`<p>
      One row per episode: moments whose outcomes overlap in time count once. Choose a column to sort by it.
    </p>
    <p><i>Distance</i> compares directions of embeddings: 0 is the same direction, 1 is unrelated.</p>
    <p>
      <i>Surprise</i> is how much wider the market then ran than the base forecast had expected, as a
      logarithm: 0 is as expected, 0.7 twice as wide.
    </p>`;
  if (neighbours.length === 0)
    return section(
      { id: "neighbours", title: "The neighbours", note },
      html`<p class="plain">None: nothing that had matured by then was near enough to be compared.</p>`,
    );
  const most = Math.max(...neighbours.map((n) => n.weight));
  const head = COLUMNS.map(
    ([name, title]) =>
      html`<th scope="col" aria-sort="${name === "Distance" ? "ascending" : "none"}">
        <button type="button" title="${title}">${name}</button>
      </th>`,
  );
  const mixed = neighbours.some((n) => n.symbol !== view.answer.question.symbol);
  const body = html`<p class="note hint">Max gain, max loss and surprise: move the table sideways →</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of neighbours">
      <table class="sortable">
        <thead>
          <tr>
            ${head}
          </tr>
        </thead>
        <tbody>
          ${neighbours.map((n) => row(n, view, { most, mixed }))}
        </tbody>
      </table>
    </div>`;
  return section({ id: "neighbours", title: "The neighbours", note }, body);
}

/** @param mixed whether other symbols than the one asked about are among them: narrow pages then name each */
function row(
  n: AnswerNeighbour,
  view: PageView,
  { most, mixed }: { readonly most: number; readonly mixed: boolean },
): Html {
  const { roc, maxGain, maxLoss } = n.context;
  return html`<tr data-id="${n.id}">
    <th scope="row" data-value="${Date.parse(n.anchor)}">
      ${moment(n.anchor, view.naming.zone, needsClock(n.timeframe), true)}${mixed ? html`<small class="whose">${n.symbol}</small>` : null}
    </th>
    <td data-value="${n.symbol}">${n.symbol}</td>
    ${cell(roc, roc === null ? "–" : signedPercent(roc))}${cell(n.distance, decimal(n.distance, 4))}
    <td data-value="${n.weight}">
      <i class="weight" style="width:${((n.weight / most) * 48).toFixed(1)}px"></i>${percent(n.weight)}
    </td>
    ${logCell(maxGain)}${logCell(maxLoss)}${cell(n.surprise, n.surprise === null ? "–" : decimal(n.surprise, 2))}
  </tr> `;
}

function logCell(value: number | null): Html {
  return cell(value, value === null ? "–" : signedPercent(Math.expm1(value)));
}

function cell(value: number | null, text: string): Html {
  return html`<td data-value="${value ?? ""}">${text}</td>`;
}
