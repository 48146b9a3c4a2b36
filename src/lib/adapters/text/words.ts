import type { Answer } from "../../recall/answer.ts";
import { parseHorizon } from "../../time/horizon.ts";
import { fixedWidth } from "../../time/timeframe.ts";

// How an answer is said in English: used by the terminal table and by the page, so that both say the same.

/** How a moment is named: in which zone, and what the symbol is called in a sentence. */
export interface Naming {
  /** IANA zone of dates and clocks. */
  readonly zone: string;
  /** `the S&P 500` for SPX; the symbol itself by default. */
  readonly name: string;
  /** Whether a `d` of a horizon is a trading day (a market that closes) or any day. */
  readonly sessions: boolean;
}

export const NOT_ADVICE = "This describes the past. It is not investment advice.";

/** `+2.3%`, `−0.4%`: a ratio as percent, with a real minus sign. */
export function signedPercent(ratio: number, digits = 1): string {
  const text = (Math.abs(ratio) * 100).toFixed(digits);
  const sign = Number(text) === 0 ? "±" : ratio > 0 ? "+" : "−";
  return `${sign}${text}%`;
}

/** A small ratio as signed percent with digits enough to tell it from nothing: `+2.1%`, `−0.02%`. */
export function finePercent(ratio: number): string {
  const size = Math.abs(ratio) * 100;
  if (size > 0 && size < 0.0005) return `${ratio > 0 ? "+" : "−"}<0.001%`;
  return signedPercent(ratio, size === 0 || size >= 0.095 ? 1 : size >= 0.0095 ? 2 : 3);
}

export function percent(ratio: number, digits = 0): string {
  return `${ratio < 0 ? "−" : ""}${(Math.abs(ratio) * 100).toFixed(digits)}%`;
}

/** A number with a real minus sign. */
export function decimal(value: number, digits: number): string {
  return `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)}`;
}

/** `5 February 2018`, or `5 February 2018, 14:35` in the zone; `short` writes `5 Feb 2018`. */
export function moment(instant: string | number, zone: string, clock: boolean, short = false): string {
  const date = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: short ? "short" : "long",
    year: "numeric",
    timeZone: zone,
  }).format(new Date(instant));
  const plain = date.replace("Sept ", "Sep ");
  if (!clock) return plain;
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  });
  return `${plain}, ${time.format(new Date(instant))}`;
}

/** Whether anchors of this timeframe need a clock to be named: bars shorter than a day do. */
export function needsClock(timeframe: string): boolean {
  return fixedWidth(timeframe) !== null;
}

/** `UTC`, `New York`: the zone as people say it. */
export function zoneWords(zone: string): string {
  return zone.split("/").at(-1)!.replaceAll("_", " ");
}

/** `1 episode`, `2,014 episodes`. */
export function counted(count: number, word: string): string {
  return `${count.toLocaleString("en-GB")} ${word}${count === 1 ? "" : "s"}`;
}

/** `21 trading days`, `4 hours`, `1 week`. */
export function horizonWords(horizon: string, sessions: boolean): string {
  return counted(parseHorizon(horizon).count, unitOf(horizon, sessions));
}

/** The horizon after `the`, `next` or `this`: `21 trading days`, but `hour` where there is only one. */
export function spanWords(horizon: string, sessions: boolean): string {
  return parseHorizon(horizon).count === 1 ? unitOf(horizon, sessions) : horizonWords(horizon, sessions);
}

function unitOf(horizon: string, sessions: boolean): string {
  const day = sessions ? "trading day" : "day";
  return { m: "minute", h: "hour", d: day, w: "week", mo: "month" }[parseHorizon(horizon).unit];
}

/** `that hour`, `those 21 trading days`. */
export function thoseWords(horizon: string, sessions: boolean): string {
  return `${parseHorizon(horizon).count === 1 ? "that" : "those"} ${spanWords(horizon, sessions)}`;
}

/** The anchor as the headline names it. */
export function anchorWords(answer: Answer, naming: Naming): string {
  const clock = needsClock(answer.question.timeframe);
  const said = moment(answer.question.anchor, naming.zone, clock);
  return clock ? `${said} ${zoneWords(naming.zone)}` : said;
}

/** `What rhymes with 5 February 2018 in the S&P 500?` */
export function headline(answer: Answer, naming: Naming): string {
  return `What rhymes with ${anchorWords(answer, naming)} in ${naming.name}?`;
}

/** The answer in one sentence: the 80% band, or that there is none and why. */
export function answerSentence(answer: Answer, naming: Naming): string {
  const ahead = spanWords(answer.question.horizon, naming.sessions);
  if (!answer.distribution) return `No answer for the next ${ahead}: ${reasonWords(answer)}.`;
  const { quantiles } = answer.distribution.roc;
  return (
    `Over the next ${ahead}, expect a change between ${signedPercent(quantiles["0.1"])} and ` +
    `${signedPercent(quantiles["0.9"])}: a band made to hold four times out of five.`
  );
}

export function reasonWords(answer: Answer): string {
  return (answer.reason ?? "no reason was recorded").replace(/\.\s*$/, "");
}

/** What the plain model expected and what recall added; null where there was no forecast. */
export function forecastSentence(answer: Answer): string | null {
  if (!answer.forecast) return null;
  const { base, value, neighbours, shrink } = answer.forecast.logAtrRatio;
  const plain = `On its own, the base forecast expects bars ${widthWords(base)} the recent average true range.`;
  if (shrink === 0) return answer.abstained ? plain : `${plain} Recall was not used: ${whyUnused(answer)}.`;
  const many = counted(neighbours, "remembered moment");
  const factor = Math.expm1(value - base);
  const s = neighbours === 1 ? "s" : "";
  if (Math.abs(factor) < 0.0005) return `${plain} ${many} leave${s} that as it is.`;
  const verb = `${factor > 0 ? "widen" : "narrow"}${s}`;
  return `${plain} ${many} ${verb} that by ${percent(Math.abs(factor), 1)}, to ${widthWords(value)} it.`;
}

// Recall is not believed before so many past answers that do not overlap have matured: see recall/shrink.ts.
const FEWEST_PAST = 50;

function whyUnused({ trust }: Answer): string {
  if (!trust) return "there is no record yet of what neighbours add to the base forecast";
  if (trust.effectiveAnswers < FEWEST_PAST)
    return `fewer than ${FEWEST_PAST} past answers that do not overlap had matured`;
  return "in past answers the residuals of neighbours did not improve the base forecast";
}

/** A log ratio of ranges in words: `12% wider than`, `as wide as`. */
export function widthWords(logRatio: number): string {
  const change = Math.expm1(logRatio);
  if (Math.abs(change) < 0.005) return "as wide as";
  return `${percent(Math.abs(change))} ${change > 0 ? "wider" : "narrower"} than`;
}

/** How `laterSentence` begins. */
export const LATER = "Asked with later knowledge";

/** What an answer with later knowledge was asked with; null where it was asked as of its own moment. */
export function laterSentence({ question, later }: Answer, naming: Naming): string | null {
  if (!later) return null;
  const said = (instant: string): string => `${moment(instant, naming.zone, true)} ${zoneWords(naming.zone)}`;
  const { revision, corrections } = later;
  const made =
    revision === 0
      ? "Nothing in the past of the moment had been corrected by then."
      : `The past of the moment had been corrected ${revision === 1 ? "once" : `${revision} times`} by then ` +
        `(${revision === 1 ? "on" : "last on"} ${said(corrections.at(-1)!)}), and is taken as corrected.`;
  return (
    `${LATER}: what was known by ${said(question.asOf)}, not only what was known at the moment ` +
    `itself. ${made} Neighbours may be younger than the moment; none shares time with ` +
    `${thoseWords(question.horizon, naming.sessions)}.`
  );
}

/** What really happened against the band; null while it has not matured. */
export function happenedSentence(answer: Answer, naming: Naming): string | null {
  const roc = answer.happened?.roc;
  if (roc === null || roc === undefined) return null;
  const ahead = thoseWords(answer.question.horizon, naming.sessions);
  const what = `Over ${ahead} ${naming.name} in fact moved ${signedPercent(roc)}`;
  if (!answer.distribution) return `${what}.`;
  const { quantiles } = answer.distribution.roc;
  const side = roc < quantiles["0.1"] ? "below" : roc > quantiles["0.9"] ? "above" : "inside";
  return `${what}, ${side} the 80% band.`;
}

/** First letter upper case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
