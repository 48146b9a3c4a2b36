import { TRUST_LABELS, type LabelScores, type TrustReport } from "../../evaluation/trust/trust-report.ts";
import { html, scriptJson, type Html } from "../html/html.ts";
import { TOKENS } from "../html/page-view.ts";
import { reliabilityFigure } from "../plotly/reliability-figure.ts";
import { trustText } from "../text/trust-table.ts";
import {
  askedSentence,
  bestOther,
  LABEL_WORDS,
  pText,
  ratioText,
  scoreText,
  shareText,
  trustTitle,
} from "../text/trust-words.ts";
import { moment, NOT_ADVICE } from "../text/words.ts";
import { figureSlot } from "./figure-output.ts";
import type { DisplayHost, MimeBundle } from "./host.ts";
import { styled } from "./output-style.ts";
import { rowsTable } from "./rows-table.ts";
import { tableHtml } from "./table-output.ts";

/** A trust report: its verdict, the answer beside every baseline of the same run, the calibration as a figure. */
export function trustBundle(report: TrustReport, host: DisplayHost): MimeBundle {
  const span = `${moment(report.from, "UTC", false)} to ${moment(report.to, "UTC", false)}`;
  return {
    "text/html": styled(
      html`<p class="head"><b>${trustTitle(report)}</b></p>
        <p>${report.sentence}</p>
        <p class="soft">${span}: ${askedSentence(report)}</p>`,
      TRUST_LABELS.map((label) => scores(report.labels[label])),
      calibration(report, host),
      html`<p class="soft">${NOT_ADVICE}</p>`,
    ),
    "text/plain": trustText(report),
  };
}

function scores(of: LabelScores): Html {
  const { name, unit } = LABEL_WORDS[of.label];
  const best = bestOther(of);
  const rows = of.methods.map((one) => {
    const against = of.against.find(({ method }) => method === one.method);
    return {
      [name]: one === best ? `${one.name} (the best other)` : one.name,
      [unit === "%" ? "CRPS, %" : "CRPS"]: scoreText(of.label, one.crps.value),
      "in 50 %": shareText(one.coverage["50"].value),
      "in 80 %": shareText(one.coverage["80"].value),
      "in 90 %": shareText(one.coverage["90"].value),
      "ours / it": against ? ratioText(against.ratio.value) : "–",
      p: against ? pText(against.p) : "–",
    };
  });
  const caption = `the ${name}: lower CRPS is better, ours / it below 1 favours the answer`;
  return tableHtml(rowsTable(rows), { caption });
}

/** By how much more outcomes than stated lay below each level, for the return; the answer is the strong line. */
function calibration({ labels }: TrustReport, host: DisplayHost): Html {
  const { methods, reliability } = labels.return;
  const lines = methods.map(({ method, name }) => ({ name, points: reliability[method] }));
  const { data, layout } = reliabilityFigure({ methods: lines, palette: TOKENS });
  const legend = { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", traceorder: "reversed" };
  const margin = { l: 56, r: 16, t: 60, b: 44 };
  const figure = { data, layout: { ...layout, height: 360, margin, showlegend: true, legend } };
  return html`<p class="head">Calibration of the return</p>
    ${figureSlot(host, figure.layout.height, `() => (${scriptJson(figure).markup}), {}`)}`;
}
