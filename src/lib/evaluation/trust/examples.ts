import { LEVELS } from "../../recall/answer.ts";
import { fromNames } from "../../recall/ledger.ts";
import { iso } from "../../time/units.ts";
import { LOSS, meanLoss, W, type Losses } from "./losses.ts";
import { TRUST_LABELS, type TrustExample } from "./trust-report.ts";
import type { TrustRows } from "./trust-rows.ts";

const Q = LEVELS.length;
const SHOWN = 5;

/**
 * The answers that gained most and those that lost most against climatology, in units of its mean CRPS for their
 * series, so that calm symbols are seen too. No two of a list overlap in time: a crash is one example, not five.
 */
export function examplesOf(
  rows: TrustRows,
  scored: Int32Array,
  losses: Losses,
): { readonly best: TrustExample[]; readonly worst: TrustExample[] } {
  const { recall, climatology } = losses.return;
  const unit = rows.series.map((_, s) =>
    meanLoss(
      climatology,
      LOSS.crps,
      Array.from(scored.keys()).filter((i) => rows.seriesOf[scored[i]!] === s),
    ),
  );
  const gain = Float64Array.from(scored, (row, i) => {
    const difference = climatology[i * W + LOSS.crps]! - recall[i * W + LOSS.crps]!;
    return difference / unit[rows.seriesOf[row]!]!;
  });
  const order = Array.from(scored.keys()).sort((a, b) => gain[b]! - gain[a]! || a - b);
  const chosen = (places: readonly number[]): TrustExample[] =>
    apart(rows, scored, places).map((i) => exampleOf(rows, scored[i]!, losses, i));
  return {
    best: chosen(order.filter((i) => gain[i]! > 0)),
    worst: chosen(order.filter((i) => gain[i]! < 0).reverse()),
  };
}

/** The first few places whose rows do not overlap in time. */
function apart({ anchor, matureAt }: TrustRows, scored: Int32Array, places: readonly number[]): number[] {
  const chosen: number[] = [];
  for (const i of places) {
    if (chosen.length === SHOWN) break;
    const row = scored[i]!;
    const told = chosen.some(
      (c) => anchor[scored[c]!]! < matureAt[row]! && anchor[row]! < matureAt[scored[c]!]!,
    );
    if (!told) chosen.push(i);
  }
  return chosen;
}

function exampleOf(rows: TrustRows, row: number, losses: Losses, i: number): TrustExample {
  const { source, symbol, timeframe } = rows.series[rows.seriesOf[row]!]!;
  const crps = (method: "recall" | "withoutRecall" | "climatology"): number =>
    losses.return[method][i * W + LOSS.crps]!;
  return {
    source,
    symbol,
    timeframe,
    anchor: iso(rows.anchor[row]!),
    matureAt: iso(rows.matureAt[row]!),
    quantiles: fromNames(TRUST_LABELS, (label) => [
      ...rows.quantiles[label].recall.subarray(row * Q, (row + 1) * Q),
    ]),
    outcome: fromNames(TRUST_LABELS, (label) => rows.outcomes[label][row]!),
    crps: { recall: crps("recall"), withoutRecall: crps("withoutRecall"), climatology: crps("climatology") },
  };
}
