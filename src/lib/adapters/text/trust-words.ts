import { neverCloses } from "../../time/calendar-24x7.ts";
import type {
  Estimated,
  LabelScores,
  MethodScores,
  TrustLabel,
  TrustReport,
} from "../../evaluation/trust/trust-report.ts";
import { horizonWords, percent } from "./words.ts";

// How a trust report is said in English: used by the terminal table and by the page, so that both say the same.

/** What a label is called, and the unit that its scores are written in. */
export const LABEL_WORDS: Readonly<Record<TrustLabel, { readonly name: string; readonly unit: string }>> = {
  return: { name: "return", unit: "%" },
  logAtrRatio: { name: "range", unit: "log" },
};

/** Whether a `d` of the report's horizon is a trading day: where any of its markets closes. */
export function trustSessions(report: TrustReport): boolean {
  return report.series.some(({ calendar }) => !neverCloses(calendar));
}

/** `How far can answers for the next 4 hours be trusted?` */
export function trustTitle(report: TrustReport): string {
  return `How far can answers for the next ${horizonWords(report.horizon, trustSessions(report))} be trusted?`;
}

/** A score with four digits that count and five decimals at most: of the return in percent, of the range as a log. */
export function scoreText(label: TrustLabel, value: number): string {
  if (!Number.isFinite(value)) return "–";
  const scaled = label === "return" ? value * 100 : value;
  const digits = scaled === 0 ? 3 : Math.max(0, 3 - Math.floor(Math.log10(Math.abs(scaled))));
  return scaled.toFixed(Math.min(label === "return" ? 5 : 4, digits));
}

export function shareText(value: number): string {
  return Number.isFinite(value) ? percent(value, 1) : "–";
}

export function ratioText(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : "–";
}

/** `0.418 to 0.455`; null where there were too few blocks. */
export function intervalText({ low, high }: Estimated, say: (value: number) => string): string | null {
  return low === null || high === null ? null : `${say(low)} to ${say(high)}`;
}

/** The best of the others: lowest CRPS, the answer itself left out. */
export function bestOther({ methods }: LabelScores): MethodScores | null {
  return methods
    .filter(({ method }) => method !== "recall")
    .reduce<MethodScores | null>((best, m) => (best && best.crps.value <= m.crps.value ? best : m), null);
}

/** `p 0.21`, `p < 0.001`; chance explains what is above 0.05. */
export function pText(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : p.toPrecision(2);
}

/** How many were asked, answered, not scored. */
export function askedSentence(report: TrustReport): string {
  const n = (count: number): string => count.toLocaleString("en-GB");
  const aside = [
    [report.unscored, "answered but not scored, for want of a baseline"],
    [report.pending, "whose outcome is not known yet"],
    [report.missing, "whose outcome never will be, since a bar is missing"],
  ] as const;
  const left = aside.filter(([count]) => count > 0).map(([count, why]) => `${n(count)} ${why}`);
  return (
    `${n(report.asked)} past moments asked, ${n(report.answered)} answered, ${percent(report.abstentions, 1)} abstained` +
    `${left.length > 0 ? `; left out: ${left.join(", ")}` : ""}.`
  );
}
