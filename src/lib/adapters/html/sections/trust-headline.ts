import type { TrustReport } from "../../../evaluation/trust/trust-report.ts";
import {
  askedSentence,
  bestOther,
  intervalText,
  LABEL_WORDS,
  ratioText,
  shareText,
  trustSessions,
  trustTitle,
} from "../../text/trust-words.ts";
import { capital, counted, moment, spanWords } from "../../text/words.ts";
import { html, type Html } from "../html.ts";

/** The question, the verdict in words, and the three things that it rests on. */
export function trustHeadline(report: TrustReport): Html {
  const symbols = report.series.map(({ symbol }) => symbol);
  const named = symbols.length <= 6 ? symbols.join(", ") : `${symbols.length} series`;
  return html`<header class="top">
    <p class="kicker">
      <b>Rhyme</b> <span>${named}</span> <span>next ${spanWords(report.horizon, trustSessions(report))}</span>
    </p>
    <h1>${trustTitle(report)}</h1>
    <p class="deck">${report.sentence}</p>
    <div class="facts">
      ${facts(report).map(
        ([title, text]) =>
          html`<div>
            <h3>${title}</h3>
            <p>${text}</p>
          </div>`,
      )}
    </div>
  </header>`;
}

function facts(report: TrustReport): [string, string][] {
  const span = `${moment(report.from, "UTC", false)} to ${moment(report.to, "UTC", false)}`;
  return [
    ["Asked", `${span}. ${askedSentence(report)}`],
    ["The bands", bandWords(report)],
    ["Against the best of the others", againstWords(report)],
    [
      "How much that is worth",
      `${counted(report.effective, "answer")} do not overlap in time: so many independent looks the record has.`,
    ],
  ];
}

function bandWords({ labels }: TrustReport): string {
  const own = labels.return.methods.find(({ method }) => method === "recall");
  if (!own) return "No band was scored.";
  const band = (name: "50" | "80" | "90"): string => `${name}% held ${shareText(own.coverage[name].value)}`;
  return `Of the return: ${band("50")}, ${band("80")}, ${band("90")} of the time.`;
}

function againstWords({ labels }: TrustReport): string {
  return Object.values(labels)
    .map((scores) => {
      const best = bestOther(scores);
      const against = scores.against.find(({ method }) => method === best?.method);
      if (!best || !against) return "";
      const within = intervalText(against.ratio, ratioText);
      return `${LABEL_WORDS[scores.label].name}: CRPS ${ratioText(against.ratio.value)} of that of ${best.name}${within ? ` (${within})` : ""}`;
    })
    .filter((words) => words !== "")
    .map(capital)
    .join(". ")
    .concat(".");
}
