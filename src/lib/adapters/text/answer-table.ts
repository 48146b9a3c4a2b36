import type { Answer } from "../../recall/answer.ts";
import { aligned, clip, paragraph, plain } from "./layout.ts";
import {
  answerSentence,
  capital,
  counted,
  decimal,
  finePercent,
  forecastSentence,
  happenedSentence,
  headline,
  laterSentence,
  moment,
  needsClock,
  NOT_ADVICE,
  percent,
  signedPercent,
  type Naming,
} from "./words.ts";

const DISTANCE_NOTE = "Distance compares directions of embeddings: 0 is the same direction, 1 is unrelated.";

export type AnswerTextOptions = Partial<Naming>;

/**
 * The answer as plain text of at most 100 columns: headline, range, what the base forecast and recall say, what
 * happened, neighbours, record, and that this is not advice. Dates are UTC unless a zone is given. Control
 * characters in names are dropped, so that a symbol cannot steer a terminal.
 */
export function answerText(answer: Answer, options: AnswerTextOptions = {}): string {
  const naming: Naming = { zone: "UTC", name: answer.question.symbol, sessions: true, ...options };
  const blocks = [
    paragraph(headline(answer, naming)),
    paragraph(answerSentence(answer, naming)),
    ...remarks(answer, naming).map(paragraph),
    neighbourLines(answer, naming),
    recordLines(answer, naming),
    paragraph(NOT_ADVICE),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function remarks(answer: Answer, naming: Naming): string[] {
  const said = [
    ...[laterSentence(answer, naming), rangeLines(answer), forecastSentence(answer)],
    ...[happenedSentence(answer, naming), hindsight(answer)],
  ];
  return said.filter((text) => text !== null);
}

function rangeLines(answer: Answer): string | null {
  const roc = answer.distribution?.roc;
  if (!roc) return null;
  const { quantiles: q } = roc;
  const columns: readonly [string, string][] = [
    ["5%", signedPercent(q["0.05"])],
    ["10%", signedPercent(q["0.1"])],
    ["25%", signedPercent(q["0.25"])],
    ["median", signedPercent(q["0.5"])],
    ["75%", signedPercent(q["0.75"])],
    ["90%", signedPercent(q["0.9"])],
    ["95%", signedPercent(q["0.95"])],
  ];
  const line = (at: 0 | 1): string => columns.map((column) => column[at].padStart(9)).join("");
  const note = roc.calibrated ? "calibrated on past answers" : "not calibrated yet";
  return `quantile${line(0)}\nchange  ${line(1)}   ${note}`;
}

function hindsight(answer: Answer): string | null {
  if (!answer.encoder.hindsight) return null;
  return `Hindsight: the encoder has seen facts up to ${answer.encoder.knownAt}, after the moment asked about.`;
}

function neighbourLines(answer: Answer, naming: Naming): string {
  const header = ["", "moment", "symbol", "distance", "weight", "after", "max gain", "max loss", "surprise"];
  const rows = answer.neighbours.map((n, i) => [
    String(i + 1),
    moment(n.anchor, naming.zone, needsClock(n.timeframe), true),
    clip(plain(n.symbol), 12),
    decimal(n.distance, 4),
    percent(n.weight),
    change(n.context.return),
    change(n.context.maxGain),
    change(n.context.maxLoss),
    n.surprise === null ? "–" : decimal(n.surprise, 2),
  ]);
  if (rows.length === 0)
    return "No neighbours: nothing that had matured by then was near enough to be compared.";
  const episodes = rows.length === 1 ? "nearest episode" : `${rows.length} nearest episodes`;
  const title = `The ${episodes}, effective sample size ${decimal(answer.effectiveSampleSize, 1)}`;
  return `${title}\n${aligned([header, ...rows], 3)}\n${DISTANCE_NOTE}`;
}

function recordLines(answer: Answer, naming: Naming): string {
  const { trust } = answer;
  if (!trust) return paragraph("No record yet: nothing says how far such answers can be trusted.");
  const rows = [
    ["", "CRPS of return, % (lower is better)", "against the best"],
    ["this answer's method", ...scoreCells(trust.crps, trust)],
    ...trust.baselines.map(({ name, crps }) => [clip(plain(name), 40), ...scoreCells(crps, trust)]),
  ];
  const facts =
    `${moment(trust.from, naming.zone, false)} to ${moment(trust.to, naming.zone, false)}: ${counted(trust.answers, "past answer")}, ` +
    `${Math.round(trust.effectiveAnswers)} that do not overlap. The 80% band held ${percent(trust.coverage80)} of the time; ` +
    `${percent(trust.abstentions)} abstained.`;
  return `The record\n${paragraph(facts)}\n${aligned(rows, 1)}\n${paragraph(capital(trust.sentence))}`;
}

/** A score, and by how much it differs from the best baseline's: digits may hide that they differ. */
function scoreCells(crps: number, { bestBaseline }: NonNullable<Answer["trust"]>): [string, string] {
  return [decimal(crps * 100, 3), finePercent(crps / bestBaseline.crps - 1)];
}

/** A log return as signed percent change. */
function change(logReturn: number | null): string {
  return logReturn === null ? "–" : signedPercent(Math.expm1(logReturn));
}
