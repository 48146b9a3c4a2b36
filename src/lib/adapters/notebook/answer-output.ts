import type { CandleSeries } from "../../candles/candle-series.ts";
import type { Answer } from "../../recall/answer.ts";
import { neverCloses } from "../../time/calendar-24x7.ts";
import type { Figure } from "../plotly/figure.ts";
import { html, scriptJson, type Fragment, type Html } from "../html/html.ts";
import { answerText } from "../text/answer-table.ts";
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
import { answerFigures } from "./answer-figures.ts";
import { figureSlot, themed } from "./figure-output.ts";
import type { DisplayHost, MimeBundle } from "./host.ts";
import { styled } from "./output-style.ts";
import { rowsTable } from "./rows-table.ts";
import { tableHtml } from "./table-output.ts";

const NEIGHBOURS = 12;

/**
 * An answer in sentences: the band, what recall adds, what happened, who the neighbours are, how far to trust it. With
 * candles of its series also as pictures, and in their market's time.
 */
export function answerBundle(
  answer: Answer,
  host: DisplayHost = { once: () => false },
  candles: CandleSeries | null = null,
): MimeBundle {
  const naming: Naming = {
    zone: candles?.calendar.zone ?? "UTC",
    name: answer.question.symbol,
    sessions: candles ? !neverCloses(candles.calendar.name) : true,
  };
  const figures = candles ? answerFigures(answer, candles) : [];
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
      figures.map((figure) => drawn(figure, host)),
      neighbourTable(answer, naming.zone),
      html`<p class="soft">${NOT_ADVICE}</p>`,
    ),
    "text/plain": answerText(answer),
  };
}

function drawn(figure: Figure, host: DisplayHost): Fragment {
  const call = `() => (${scriptJson(themed(figure)).markup}), {}`;
  return figureSlot(host, Number(figure.layout["height"]), call);
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

function neighbourTable({ neighbours, question }: Answer, zone: string): Html | null {
  if (neighbours.length === 0) return null;
  const rows = neighbours.map(({ anchor, symbol, timeframe, distance, weight, context }) => ({
    moment: moment(anchor, zone, needsClock(timeframe), true),
    series: `${symbol} ${timeframe}`,
    distance: Number(distance.toFixed(4)),
    weight: Number(weight.toFixed(3)),
    followed: context.return === null ? null : signedPercent(Math.expm1(context.return)),
  }));
  const caption = `${neighbours.length} nearest moments and what followed over ${question.horizon}`;
  return tableHtml(rowsTable(rows), { caption, rows: NEIGHBOURS });
}
