import type { Answer } from "../../../recall/answer.ts";
import {
  anchorWords,
  answerSentence,
  capital,
  counted,
  decimal,
  forecastSentence,
  happenedSentence,
  headline,
  LATER,
  laterSentence,
  moment,
  percent,
  reasonWords,
  signedPercent,
  spanWords,
} from "../../text/words.ts";
import { html, type Fragment, type Html } from "../html.ts";
import type { PageView } from "../page-view.ts";
import { directionWords, rangeStrip } from "./range-strip.ts";
import { timeframeWords } from "./before.ts";

/** The question, the answer in one sentence, its range, and the three things that it rests on. */
export function headlineSection(view: PageView): Html {
  const { answer, naming } = view;
  return html`<header class="top">
    <p class="kicker">
      <b>Rhyme</b>
      ${view.question.before.offsetBars.length > 0 ? html`<span>${view.timeframes.map(timeframeWords).join(", ")} candles</span>` : null}
      <span>next ${spanWords(answer.question.horizon, naming.sessions)}</span>
    </p>
    <h1>${unbroken(headline(answer, naming), anchorWords(answer, naming))}</h1>
    <p class="deck">${deck(view)}</p>
    ${answer.encoder.hindsight ? html`<p class="warning"><b>With hindsight.</b> The encoder has seen facts up to ${moment(answer.encoder.knownAt, naming.zone, false)}, after the moment asked about.</p>` : null}
    ${later(view)} ${answer.distribution ? answered(answer) : abstained(answer)}
    <div class="facts">
      ${facts(view).map(
        ([title, text]) =>
          html`<div>
            <h3>${title}</h3>
            <p>${text}</p>
          </div>`,
      )}
    </div>
  </header> `;
}

/** That it was asked with later knowledge, where it was. */
function later({ answer, naming }: PageView): Html | null {
  const said = laterSentence(answer, naming);
  return said === null ? null : html`<p class="warning"><b>${LATER}</b>${said.slice(LATER.length)}</p>`;
}

/** The text with one part of it kept on one line. */
function unbroken(text: string, part: string): string {
  return text.replace(part, () => part.replaceAll(" ", "\u00a0"));
}

/** The answer in one sentence; the reason of an abstention stands below it by itself. */
function deck({ answer, naming }: PageView): string {
  if (answer.distribution) return answerSentence(answer, naming);
  return `No range is stated for the next ${spanWords(answer.question.horizon, naming.sessions)}.`;
}

function answered(answer: Answer): Html {
  const outcomes = answer.neighbours.map((n) => n.context.roc).filter((roc) => roc !== null);
  return rangeStrip({
    quantiles: answer.distribution!.roc.quantiles,
    happened: answer.happened?.roc ?? null,
    outcomes,
  });
}

function abstained(answer: Answer): Html {
  return html`<p class="abstained">
    <b>Rhyme abstains.</b> ${capital(reasonWords(answer))}. The nearest moments are shown below all the same.
  </p>`;
}

function facts(view: PageView): [string, Fragment][] {
  const { answer, naming } = view;
  const forecast = forecastSentence(answer);
  const happened = happenedSentence(answer, naming);
  const list: [string, Fragment][] = [];
  if (forecast)
    list.push([
      "The number",
      [
        forecast,
        answer.distribution && !answer.distribution.return.calibrated ? " Not calibrated yet." : null,
      ],
    ]);
  list.push(["The evidence", evidence(answer)]);
  list.push(["The trust", trust(answer)]);
  if (happened) list.push(["What really happened", html`<span class="happened">${happened}</span>`]);
  return list;
}

function evidence(answer: Answer): string {
  const outcomes = answer.neighbours
    .map((n) => n.context.roc)
    .filter((roc) => roc !== null)
    .sort((a, b) => a - b);
  if (outcomes.length === 0) return "No remembered moment had matured by then.";
  const middle =
    (outcomes[Math.floor((outcomes.length - 1) / 2)]! + outcomes[Math.ceil((outcomes.length - 1) / 2)]!) / 2;
  const higher = outcomes.filter((roc) => roc > 0).length;
  return (
    `${counted(outcomes.length, "separate episode")}, worth ${decimal(answer.effectiveSampleSize, 1)} equally near ones. ` +
    `${higher} ended higher, the middle one at ${signedPercent(middle)}. ${directionWords(answer) ?? ""}`
  ).trim();
}

function trust({ trust: record }: Answer): Fragment {
  if (!record) return "There is no record yet that says how far such answers can be trusted.";
  const verdict = record.better ? "Recall adds something here." : "Recall adds nothing here.";
  const against = `${record.better ? "It beat" : "It did not beat"} ${record.bestBaseline.name} over ${counted(record.answers, "past answer")}.`;
  return html`<strong>${verdict}</strong> ${against} The 80% band held ${percent(record.coverage80)} of the
    time.`;
}
