import { TRUST_LABELS, type TrustReport } from "../../../evaluation/trust/trust-report.ts";
import { LABEL_WORDS, ratioText, scoreText, shareText } from "../../text/trust-words.ts";
import { counted } from "../../text/words.ts";
import { html, type Fragment, type Html } from "../html.ts";
import { section } from "./section.ts";

/** How each series fared. */
export function trustSeriesSection({ series, labels }: TrustReport): Html {
  const others = ["withoutRecall", "harClock", "climatology"] as const;
  const nameOf = (method: string): string =>
    labels.return.methods.find((m) => m.method === method)?.name ?? method;
  const heads = TRUST_LABELS.flatMap((label) => [
    `CRPS ${LABEL_WORDS[label].name}`,
    ...others.map((method) => `/ ${nameOf(method)}`),
  ]);
  const rows = series.map(
    (one) =>
      html`<tr>
        <th scope="row">${one.symbol}</th>
        <td class="words">${one.timeframe}, ${one.calendar}, ${one.source}</td>
        <td>${n(one.asked)}</td>
        <td>${n(one.answered)}</td>
        <td>${one.asked > 0 ? shareText(1 - one.answered / one.asked) : "–"}</td>
        ${TRUST_LABELS.map((label) => {
          const crps = one.crps?.[label];
          return html`<td>${crps ? scoreText(label, crps.recall) : "–"}</td>
            ${others.map((m) => html`<td>${crps ? ratioText(crps.recall / crps[m]) : "–"}</td>`)}`;
        })}
      </tr>`,
  );
  const note = html`<p>
    Score of the answer on each series, and its ratio to three of the others: below 1 the answer was better.
    Single series hold fewer answers, so their ratios stray further.
  </p>`;
  return section(
    { id: "series", title: series.length === 1 ? "The series" : `The ${series.length} series`, note },
    table("Scores by series", ["series", "", "asked", "answered", "abstained", ...heads], rows),
  );
}

/** Which encoder answered when. */
export function trustFoldsSection({ folds, refit }: TrustReport): Html {
  const rows = folds.map(
    ({ from, to, encoder, asked, answered }) =>
      html`<tr>
        <th scope="row">${from.slice(0, 10)}</th>
        <td>${to.slice(0, 10)}</td>
        <td class="words version">${encoder.version}</td>
        <td>${encoder.knownAt.slice(0, 10)}</td>
        <td>${n(asked)}</td>
        <td>${n(answered)}</td>
      </tr>`,
  );
  const how =
    refit === "yearly"
      ? "The encoder was fitted anew each year, on what was known by then, and answered the year that followed."
      : "One encoder answered throughout, from the moment on at which the newest fact it had seen was known.";
  return section(
    { id: "folds", title: "Who answered when", note: html`<p>${how} ${counted(folds.length, "fold")}.</p>` },
    table("Folds", ["from", "to", "encoder", "fitted on what was known by", "asked", "answered"], rows),
  );
}

function table(label: string, heads: readonly string[], rows: Fragment): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table class="methods">
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function n(count: number): string {
  return count.toLocaleString("en-GB");
}
