import {
  anchorWords,
  answerSentence,
  capital,
  happenedSentence,
  moment,
  needsClock,
  reasonWords,
  signedPercent,
} from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import type { PageView } from "../page-view.ts";
import { rangeStrip } from "./range-strip.ts";
import { section } from "./section.ts";

/** A second answer in short: its question, its band or why there is none, its neighbours, what came. */
export function exampleSection(view: PageView): Html | null {
  if (!view.example) return null;
  const { answer, title } = view.example;
  const outcomes = answer.neighbours.map((n) => n.context.roc).filter((roc) => roc !== null);
  const happened = happenedSentence(answer, view.naming);
  const nearest = answer.neighbours.slice(0, 5);
  const said = answer.distribution
    ? html`<p class="plain">${answerSentence(answer, view.naming)}</p>
        ${rangeStrip({ quantiles: answer.distribution.roc.quantiles, happened: answer.happened?.roc ?? null, outcomes })}`
    : html`<p class="abstained"><b>Rhyme abstains.</b> ${capital(reasonWords(answer))}.</p>`;
  const body = html`<h3 class="asked">${capital(anchorWords(answer, view.naming))}</h3>
    ${said} ${happened ? html`<p class="plain happened">${happened}</p>` : null}
    ${nearest.length > 0 ? html`<p class="note">The nearest even so: ${nearest.map((n) => `${moment(n.anchor, view.naming.zone, needsClock(n.timeframe), true)} (${n.context.roc === null ? "–" : signedPercent(n.context.roc)})`).join(", ")}.</p>` : null}`;
  const note = answer.abstained
    ? "Saying nothing is an answer too: where the past holds nothing like the present, a range would be made up."
    : "A second question, asked of the same memory.";
  return section({ id: "example", title, note }, body);
}
