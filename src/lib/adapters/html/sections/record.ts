import type { Trust } from "../../../recall/answer.ts";
import type { Figure } from "../../plotly/figure.ts";
import { recordFigure } from "../../plotly/record-figure.ts";
import { capital, counted, decimal, finePercent, moment, percent } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import { TOKENS, type PageView } from "../page-view.ts";
import { figureSlot, section } from "./section.ts";

/** How answers like this one fared: scores against the baselines, coverage, and the verdict in plain words. */
export function recordSection(view: PageView): {
  readonly section: Html;
  readonly figures: Readonly<Record<string, Figure>>;
} {
  const { trust } = view.answer;
  const title = "How far to trust it";
  if (!trust) {
    const body = html`<p class="plain">
      There is no record: nothing says how far such answers can be trusted.
    </p>`;
    return {
      section: section({ id: "record", title, note: "A record grows as outcomes mature." }, body),
      figures: {},
    };
  }
  const { zone } = view.naming;
  const note = html`<p>
      Every past moment was asked as of its own time, from ${moment(trust.from, zone, false)} to
      ${moment(trust.to, zone, false)}: ${counted(trust.answers, "answer")},
      ${Math.round(trust.effectiveAnswers)} of which do not overlap. ${percent(trust.abstentions)} abstained.
    </p>
    <p>
      CRPS measures how far a stated distribution was from what came; less is better. Bars show the difference
      from the best baseline, the last column the scores themselves in percent.
    </p>`;
  const points = view.record ?? [];
  const chart =
    points.length > 1
      ? figureSlot("chart-record", `The 80% band of ${points.length} past answers and what came.`, 280)
      : null;
  const body = html`<p class="verdict ${trust.better ? "better" : ""}">
      ${capital(trust.better ? "recall adds something here." : "recall adds nothing here.")}
    </p>
    <p class="plain">${trust.sentence}</p>
    <div class="halves">
      <div>
        <h3>CRPS of the return against the best baseline: left is better</h3>
        ${scores(trust)}
      </div>
      <div>
        <h3>Outcomes inside the 80% band</h3>
        ${coverage(trust)}
      </div>
    </div>
    ${chart}`;
  const figures: Record<string, Figure> = chart
    ? { "chart-record": recordFigure({ points, palette: TOKENS }) }
    : {};
  return { section: section({ id: "record", title, note }, body), figures };
}

/** By how much each score differs from the best baseline's, as bars around zero, and the scores as numbers. */
function scores(trust: Trust): Html {
  const best = trust.bestBaseline.crps;
  const rows = [
    { name: "Rhyme", crps: trust.crps, own: true },
    ...trust.baselines.map((b) => ({ ...b, own: false })),
  ].map((row) => ({ ...row, off: row.crps / best - 1 }));
  const low = Math.min(0, ...rows.map((row) => row.off));
  const range = Math.max(0, ...rows.map((row) => row.off)) - low || 1;
  const at = (off: number): number => ((off - low) / range) * 100;
  const bar = (off: number): string =>
    `left:${at(Math.min(0, off)).toFixed(1)}%;width:${((Math.abs(off) / range) * 100).toFixed(1)}%`;
  return html`<table class="scores">
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr class="${row.own ? "own" : ""}">
            <th scope="row">${row.name}</th>
            <td class="bar">
              <span><i style="${bar(row.off)}"></i><u style="left:${at(0).toFixed(1)}%"></u></span>
            </td>
            <td class="number">${row.crps === best && !row.own ? "best baseline" : finePercent(row.off)}</td>
            <td class="number soft">${decimal(row.crps * 100, 3)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function coverage(trust: Trust): Html {
  const share = percent(trust.coverage80, 1);
  return html`<div
      class="coverage"
      role="img"
      aria-label="${share} of outcomes fell inside bands made to hold 80%"
    >
      <i style="width:${(trust.coverage80 * 100).toFixed(1)}%"></i><u></u>
    </div>
    <p class="note"><b>${share}</b> where 80% was promised.</p>`;
}
