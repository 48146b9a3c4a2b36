import type { Answer } from "../../recall/answer.ts";
import type { TrustReport } from "../../evaluation/trust/trust-report.ts";
import { html, scriptJson, type Html } from "../html/html.ts";
import { TOKENS } from "../html/page-view.ts";
import { reliabilityFigure } from "../plotly/reliability-figure.ts";
import { answerText } from "../text/answer-table.ts";
import { trustText } from "../text/trust-table.ts";
import { trustTitle } from "../text/trust-words.ts";
import {
  answerSentence,
  forecastSentence,
  happenedSentence,
  headline,
  moment,
  needsClock,
  NOT_ADVICE,
  signedPercent,
  type Naming,
} from "../text/words.ts";
import { figureSlot } from "./figure-output.ts";
import type { DisplayHost, MimeBundle } from "./host.ts";
import { styled } from "./output-style.ts";
import { rowsTable } from "./rows-table.ts";
import { tableHtml } from "./table-output.ts";

const NEIGHBOURS = 12;

/** An answer in sentences: the band, what recall adds, what happened, who the neighbours are, how far to trust it. */
export function answerBundle(answer: Answer): MimeBundle {
  const naming: Naming = { zone: "UTC", name: answer.question.symbol, sessions: true };
  const sentences = [
    answerSentence(answer, naming),
    forecastSentence(answer),
    happenedSentence(answer, naming),
    answer.trust?.sentence ?? null,
  ];
  const said = sentences.filter((sentence) => sentence !== null);
  return {
    "text/html": styled(
      html`<p class="head"><b>${headline(answer, naming)}</b></p>`,
      said.map((sentence) => html`<p>${sentence}</p>`),
      quantileTable(answer),
      neighbourTable(answer),
      html`<p class="soft">${NOT_ADVICE}</p>`,
    ),
    "text/plain": answerText(answer),
  };
}

function quantileTable({ distribution, question }: Answer): Html | null {
  if (!distribution) return null;
  const { quantiles, calibrated } = distribution.roc;
  const row = Object.fromEntries(
    Object.entries(quantiles).map(([level, change]) => [
      `${Math.round(Number(level) * 100)} %`,
      signedPercent(change),
    ]),
  );
  const caption = `change over ${question.horizon}, ${calibrated ? "calibrated on past answers" : "not calibrated yet"}`;
  return tableHtml(rowsTable([row]), { caption });
}

function neighbourTable({ neighbours, question }: Answer): Html | null {
  if (neighbours.length === 0) return null;
  const rows = neighbours.map(({ anchor, symbol, timeframe, distance, weight, context }) => ({
    moment: moment(anchor, "UTC", needsClock(timeframe), true),
    series: `${symbol} ${timeframe}`,
    distance: Number(distance.toFixed(4)),
    weight: Number(weight.toFixed(3)),
    followed: context.return === null ? null : signedPercent(Math.expm1(context.return)),
  }));
  const caption = `${neighbours.length} nearest moments and what followed over ${question.horizon}`;
  return tableHtml(rowsTable(rows), { caption, rows: NEIGHBOURS });
}

/** A trust report: its verdict, the calibration as a figure, and all of it as text. */
export function trustBundle(report: TrustReport, host: DisplayHost): MimeBundle {
  const { methods, reliability } = report.labels.return;
  const lines = methods.map(({ method, name }) => ({ name, points: reliability[method] }));
  const figure = reliabilityFigure({ methods: lines, palette: TOKENS });
  const text = trustText(report);
  return {
    "text/html": styled(
      html`<p class="head"><b>${trustTitle(report)}</b></p>
        <p>${report.sentence}</p>`,
      figureSlot(host, Number(figure.layout["height"] ?? 320), `() => (${scriptJson(figure).markup}), {}`),
      html`<pre>${text}</pre>`,
    ),
    "text/plain": text,
  };
}
