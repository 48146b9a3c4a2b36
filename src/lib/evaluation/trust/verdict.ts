import type { Comparison, LabelScores, TrustLabel, TrustMethod, TrustReport } from "./trust-report.ts";
import { TRUST_LABELS } from "./trust-report.ts";

const CHANCE = 0.05;
const SPOKEN: Readonly<Record<TrustLabel, string>> = { return: "return", logAtrRatio: "range" };

type Told = Pick<TrustReport, "answered" | "effective" | "labels">;

/**
 * The verdict in words: the whole answer against the best of the others for each label, whether recall itself adds
 * anything, and what the 80 % band held. Recall adds something only where it beats the same answer without it beyond
 * chance; as two labels are looked at, each is held to half of 5 %.
 */
export function verdictOf({ answered, effective, labels }: Told): string {
  const past = `Over ${answered.toLocaleString("en-US")} past answers, ${effective.toLocaleString("en-US")} of which do not overlap`;
  const scores = TRUST_LABELS.map((label) => againstBest(labels[label])).join("; ");
  const { value } = labels.return.methods[0]!.coverage["80"];
  const band = `The 80 % band of the return held ${(value * 100).toFixed(1)} % of the time`;
  return `${past}: ${scores}. ${recallAlone(labels)} ${band}.`;
}

function againstBest({ label, methods, against }: LabelScores): string {
  const crps = (method: TrustMethod): number => methods.find((m) => m.method === method)!.crps.value;
  const best = against.reduce((a, b) => (crps(b.method) < crps(a.method) ? b : a));
  const name = methods.find(({ method }) => method === best.method)!.name;
  const told = best.ratio.value === 1 ? "" : ` (${chance(best)})`;
  return `the CRPS of the ${SPOKEN[label]} is ${difference(best.ratio.value)} that of ${name}, the best of the others${told}`;
}

function recallAlone(labels: TrustReport["labels"]): string {
  const alone = TRUST_LABELS.map((label) => {
    const found = labels[label].against.find(({ method }) => method === "withoutRecall")!;
    return { label, ...found };
  });
  const sure = ({ p }: Comparison): boolean => p !== null && p < CHANCE / TRUST_LABELS.length;
  const worded = (chosen: readonly (Comparison & { label: TrustLabel })[], verb: string): string =>
    `Recall ${verb} ${chosen.map(({ label }) => `the ${SPOKEN[label]}`).join(" and ")}: ${chosen
      .map((one) => `${difference(one.ratio.value)} the answer without it, ${chance(one)}`)
      .join("; ")}.`;
  const better = alone.filter((one) => sure(one) && one.ratio.value < 1);
  const worse = alone.filter((one) => sure(one) && one.ratio.value > 1);
  const said = [
    ...(better.length > 0 ? [worded(better, "adds something to")] : []),
    ...(worse.length > 0 ? [worded(worse, "spoils")] : []),
  ];
  return said.length > 0 ? said.join(" ") : "Recall adds nothing here.";
}

/** `0.3 % lower than`, `exactly`. */
function difference(ratio: number): string {
  if (ratio === 1) return "exactly";
  const percent = Math.abs(ratio - 1) * 100;
  const size = percent < 0.001 ? "less than 0.001" : String(Number(percent.toPrecision(2)));
  return `${size} % ${ratio < 1 ? "lower" : "higher"} than`;
}

function chance({ p }: Comparison): string {
  if (p === null) return "too few to tell from chance";
  const text = p < 0.001 ? "p < 0.001" : `p = ${p.toPrecision(2)}`;
  return p < CHANCE ? text : `${text}, which chance explains`;
}
