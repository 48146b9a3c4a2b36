import {
  TRUST_LABELS,
  type LabelScores,
  type MethodScores,
  type TrustReport,
} from "../../evaluation/trust/trust-report.ts";
import { aligned, clip, paragraph, plain } from "./layout.ts";
import {
  askedSentence,
  bestOther,
  LABEL_WORDS,
  pText,
  ratioText,
  scoreText,
  shareText,
  trustTitle,
} from "./trust-words.ts";
import { counted, moment, NOT_ADVICE } from "./words.ts";

const LONGEST_NAME = 28;

/**
 * A trust report as plain text of at most 100 columns: verdict, what was asked, per label the answer beside every
 * baseline of the same run, and the folds. The page says the same with more of it.
 */
export function trustText(report: TrustReport): string {
  const blocks = [
    paragraph(trustTitle(report)),
    paragraph(report.sentence),
    paragraph(
      `${moment(report.from, "UTC", false)} to ${moment(report.to, "UTC", false)}: ${askedSentence(report)}`,
    ),
    ...TRUST_LABELS.map((label) => labelTable(report.labels[label])),
    paragraph(reading(report)),
    seriesTable(report),
    foldTable(report),
    paragraph(NOT_ADVICE),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function labelTable(scores: LabelScores): string {
  const { name, unit } = LABEL_WORDS[scores.label];
  const best = bestOther(scores);
  const head = [
    "",
    unit === "%" ? "CRPS %" : "CRPS",
    "pinball",
    "in 50%",
    "in 80%",
    "in 90%",
    "score 80%",
    "ours / it",
    "p",
  ];
  const row = (one: MethodScores): string[] => {
    const against = scores.against.find(({ method }) => method === one.method);
    return [
      clip(`${one === best ? "* " : "  "}${plain(one.name)}`, LONGEST_NAME),
      scoreText(scores.label, one.crps.value),
      scoreText(scores.label, one.pinball.value),
      shareText(one.coverage["50"].value),
      shareText(one.coverage["80"].value),
      shareText(one.coverage["90"].value),
      scoreText(scores.label, one.intervalScore["80"].value),
      against ? ratioText(against.ratio.value) : "",
      against ? pText(against.p) : "",
    ];
  };
  return `The ${name}\n${aligned([head, ...scores.methods.map(row)], 1)}`;
}

function reading({ effective, bootstrap }: TrustReport): string {
  return (
    `* the best of the others. Lower CRPS, pinball and interval scores are better; ours / it below 1 favours the answer. ` +
    `${counted(effective, "answer")} do not overlap in time; intervals by ${counted(bootstrap.resamples, "resample")} of ` +
    `${counted(bootstrap.blocks, "block")}.`
  );
}

function seriesTable({ series }: TrustReport): string {
  if (series.length < 2) return "";
  const rows = series.map(({ symbol, timeframe, asked, answered, crps }) => [
    clip(plain(symbol), LONGEST_NAME),
    timeframe,
    asked.toLocaleString("en-GB"),
    answered.toLocaleString("en-GB"),
    crps ? ratioText(crps.return.recall / crps.return.harClock) : "–",
    crps ? ratioText(crps.logAtrRatio.recall / crps.logAtrRatio.harClock) : "–",
  ]);
  const head = ["series", "", "asked", "answered", "return / HAR clock", "range / HAR clock"];
  return aligned([head, ...rows], 2);
}

function foldTable({ folds }: TrustReport): string {
  if (folds.length === 0) return "";
  const rows = folds.map(({ from, to, encoder, asked, answered }) => [
    from.slice(0, 10),
    to.slice(0, 10),
    clip(plain(encoder.version), 40),
    encoder.knownAt.slice(0, 10),
    asked.toLocaleString("en-GB"),
    answered.toLocaleString("en-GB"),
  ]);
  return aligned([["from", "to", "encoder", "known at", "asked", "answered"], ...rows], 4);
}
