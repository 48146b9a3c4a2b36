import type {
  ChangeReport,
  CorrectedSeries,
  CorrectionStep,
  Difference,
  LabelChanges,
  NeighbourName,
} from "../../evaluation/changes/change-report.ts";
import type { CorrectedBar } from "../../remember/corrections-of.ts";
import { paragraph, plain } from "./layout.ts";
import {
  counted,
  decimal,
  moment,
  needsClock,
  percent,
  signedPercent,
  widthWords,
  zoneWords,
} from "./words.ts";

const BARS_SHOWN = 3;
const NAMES_SHOWN = 5;

/**
 * What corrections made of an answer, as plain text of at most 100 columns: whether it stands as it was said, then
 * each correction in the order in which it became known, and all of them together.
 * @param zone in which moments are named; corrections keep their instants in ISO 8601, as --known-at takes them
 */
export function changeText(report: ChangeReport, zone = "UTC"): string {
  const { corrections, altogether } = report;
  const several = corrections.filter(({ difference }) => difference !== null).length > 1;
  const blocks = [
    paragraph(title(report, zone)),
    paragraph(again(report)),
    paragraph(summary(report)),
    ...corrections.map((step, i) => stepText(step, i + 1, zone)),
    several ? `Altogether:\n${indented(differenceLines(altogether, zone))}` : "",
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function title({ answer: { id, question } }: ChangeReport, zone: string): string {
  const { symbol, timeframe, horizon, anchor, asOf } = question;
  const said = `${moment(anchor, zone, needsClock(timeframe))}${needsClock(timeframe) ? ` ${zoneWords(zone)}` : ""}`;
  const later = asOf === anchor ? "" : `, asked with what was known by ${asOf}`;
  return `Answer ${id}: ${symbol} ${timeframe} at ${said}, ${horizon} ahead${later}`;
}

function again({ again: { id, same, parts, withRecord } }: ChangeReport): string {
  const bare = withRecord ? "" : " Like then it is asked without a record of past answers.";
  if (same) return `Asked again as of its own time, it is the same answer to the byte.${bare}`;
  const where = parts.length > 0 ? ` It differs in ${listed(parts)}.` : "";
  return (
    `Asked again as of its own time, it is another answer (${id}).${where} No correction is why: the memory or its ` +
    `record holds other moments now than when it was said. What follows is against the answer as it is asked again.`
  );
}

function summary({ corrections, knownBy, answer }: ChangeReport): string {
  const since = `since ${answer.question.asOf}${knownBy === null ? "" : ` and by ${knownBy}`}`;
  if (corrections.length === 0)
    return `No correction became known ${since} of bars that it may rest on: nothing has changed it.`;
  const changing = corrections.filter(({ difference }) => difference !== null).length;
  const many = counted(corrections.length, "correction");
  return `${many} of bars that it may rest on became known ${since}; ${howMany(changing, corrections.length)}.`;
}

function howMany(changing: number, all: number): string {
  if (all === 1) return changing === 1 ? "it changes the answer" : "it changes nothing";
  if (changing === 0) return "none of them changes anything";
  if (changing === all) return "each of them changes the answer";
  return `${changing} of them ${changing === 1 ? "changes" : "change"} the answer`;
}

function stepText({ knownAt, series, difference }: CorrectionStep, number: number, zone: string): string {
  const head = series.flatMap((one) => seriesLines(one, zone));
  return `${number}. known at ${knownAt}\n${indented([...head, ...differenceLines(difference, zone)])}`;
}

function seriesLines(series: CorrectedSeries, zone: string): string[] {
  const { symbol, timeframe, source, bars, first, from, ofMoment, ofNeighbours } = series;
  const files = from.flatMap((one) =>
    one.files.map(({ path, sha256 }) => `${path} (sha256 ${sha256.slice(0, 12)}…)`),
  );
  const whence = files.length > 0 ? `from ${files.join(", ")}` : "from no file that the ingest log names";
  const rests = [
    ...(ofMoment ? ["the moment itself"] : []),
    ...(ofNeighbours.length > 0 ? [counted(ofNeighbours.length, "neighbour")] : []),
  ];
  const shown = first.slice(0, BARS_SHOWN).map((bar) => `  ${barWords(bar, timeframe, zone)}`);
  const more = bars > shown.length ? [`  and ${counted(bars - shown.length, "more bar")}`] : [];
  return [
    `${counted(bars, "bar")} of ${symbol} ${timeframe} (${source}), ${whence}`,
    ...shown,
    ...more,
    rests.length > 0
      ? `concerns ${rests.join(" and ")}`
      : "concerns neither the moment nor a neighbour shown",
  ];
}

function barWords(
  { openTime, before, after }: { readonly openTime: string } & Pick<CorrectedBar, "before" | "after">,
  timeframe: string,
  zone: string,
): string {
  const when = moment(openTime, zone, needsClock(timeframe));
  const names = Object.keys(after) as (keyof typeof after)[];
  if (!before) return `${when}: was missing; ${names.map((name) => `${name} ${after[name]}`).join(", ")}`;
  const changed = names.filter((name) => before[name] !== after[name]);
  return `${when}: ${changed.map((name) => `${name} ${before[name] ?? "none"} → ${after[name]}`).join(", ")}`;
}

/** What is different, line by line. */
function differenceLines(difference: Difference | null, zone: string): string[] {
  if (!difference) return ["changes nothing"];
  const { forecast, band80, neighbours, reason, happened } = difference;
  const told = [
    ...momentLines(difference.moment),
    ...(forecast ? [`forecast: ${forecastWords(forecast.before)} → ${forecastWords(forecast.after)}`] : []),
    ...(band80 ? [`80% band: ${bandWords(band80.before)} → ${bandWords(band80.after)}`] : []),
    ...(reason ? [`abstains: ${reason.before ?? "no"} → ${reason.after ?? "no"}`] : []),
    ...(neighbours.gone.length > 0 ? [`neighbours gone: ${namesOf(neighbours.gone, zone)}`] : []),
    ...(neighbours.came.length > 0 ? [`neighbours new: ${namesOf(neighbours.came, zone)}`] : []),
    ...neighbours.relabelled.map((n) => `what followed ${nameOf(n, zone)}: ${labelWords(n.labels)}`),
    ...(happened ? [`what really happened: ${labelWords(happened)}`] : []),
  ];
  const unnamed = "changes it by less than is shown here: --json has every digit";
  return told.length > 0 ? told : [`${unnamed} (${listed(difference.parts)})`];
}

function momentLines(change: Difference["moment"]): string[] {
  if (!change) return [];
  const { distance, atrNow, base } = change;
  const atr = (value: number | null): string => (value === null ? "none" : percent(value, 3));
  const expects = (value: number | null): string => (value === null ? "none" : decimal(value, 4));
  const told = [
    ...(distance > 0 ? [`embedding ${distance.toPrecision(3)} from what it was`] : []),
    ...(atrNow.before === atrNow.after ? [] : [`ATR ${atr(atrNow.before)} → ${atr(atrNow.after)}`]),
    ...(base.before === base.after ? [] : [`base forecast ${expects(base.before)} → ${expects(base.after)}`]),
  ];
  return [`the moment: ${told.join(", ") || "embedding different in its last bits"}`];
}

function forecastWords(forecast: NonNullable<Difference["forecast"]>["before"]): string {
  if (!forecast) return "none";
  const { value, residual } = forecast;
  return `bars ${widthWords(value)} average (neighbours say ${decimal(residual, 4)})`;
}

function bandWords(band: { readonly low: number; readonly high: number } | null): string {
  return band ? `${signedPercent(band.low, 3)} to ${signedPercent(band.high, 3)}` : "none";
}

function namesOf(names: readonly NeighbourName[], zone: string): string {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => nameOf(name, zone));
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join("; ")}; and ${more} more` : shown.join("; ");
}

function nameOf({ symbol, timeframe, anchor }: NeighbourName, zone: string): string {
  return `${symbol}, ${moment(anchor, zone, needsClock(timeframe), true)}`;
}

const LABEL_WORDS: readonly (readonly [keyof LabelChanges, string, (value: number) => string])[] = [
  ["roc", "change", (value) => signedPercent(value, 2)],
  ["maxGain", "max gain", (value) => signedPercent(Math.expm1(value), 2)],
  ["maxLoss", "max loss", (value) => signedPercent(Math.expm1(value), 2)],
  ["atr", "mean range", (value) => percent(value, 3)],
  ["logAtrRatio", "range against ATR", (value) => decimal(value, 4)],
  ["realisedVolatility", "realised volatility", (value) => percent(value, 2)],
  ["rvi", "RVI", (value) => decimal(value, 1)],
  ["direction", "direction", (value) => decimal(value, 0)],
  ["barrier", "barrier", (value) => decimal(value, 0)],
];

/** The return is left out, which says the same as the change. */
function labelWords(labels: LabelChanges): string {
  const words = LABEL_WORDS.flatMap(([label, name, say]) => {
    const change = labels[label];
    const said = (value: number | null): string => (value === null ? "none" : say(value));
    if (!change || said(change.before) === said(change.after)) return [];
    return [`${name} ${said(change.before)} → ${said(change.after)}`];
  });
  return words.length > 0 ? words.join(", ") : "changes by less than is shown here";
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)!}`;
}

function indented(lines: readonly string[]): string {
  const wrapped = lines.flatMap((line) => {
    const inset = /^ */.exec(line)![0].length;
    return paragraph(plain(line.trimStart()))
      .split("\n")
      .map((part, i) => " ".repeat(3 + inset + (i > 0 ? 2 : 0)) + part);
  });
  return wrapped.join("\n");
}
