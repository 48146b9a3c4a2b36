import type { Answer } from "../../../recall/answer.ts";
import { percent, signedPercent } from "../../text/words.ts";
import { html, type Html } from "../html.ts";

type Quantiles = NonNullable<Answer["distribution"]>["roc"]["quantiles"];

export interface RangeStrip {
  /** Quantiles of the simple return. */
  readonly quantiles: Quantiles;
  readonly happened: number | null;
  /** What followed each neighbour, as simple returns. */
  readonly outcomes: readonly number[];
}

/** One scale from loss to gain: the bands of the answer, a dot for what followed each neighbour, and what came. */
export function rangeStrip({ quantiles: q, happened, outcomes }: RangeStrip): Html {
  const all = [q["0.05"], q["0.95"], ...outcomes, 0, ...(happened === null ? [] : [happened])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const pad = (high - low) * 0.06;
  const at = (value: number): string => (((value - low + pad) / (high - low + 2 * pad)) * 100).toFixed(2);
  const width = (a: number, b: number): string => (Number(at(b)) - Number(at(a))).toFixed(2);
  const band = (name: string, a: number, b: number): Html =>
    html`<i class="band ${name}" style="left:${at(a)}%;width:${width(a, b)}%"></i>`;
  const came = happened === null ? "" : ` What really happened: ${signedPercent(happened)}.`;
  const said = `80% band from ${signedPercent(q["0.1"])} to ${signedPercent(q["0.9"])}, median ${signedPercent(q["0.5"])}.${came}`;
  return html`<div class="strip" role="img" aria-label="${said}">
      <div class="ends">${endLabels(q, Number(at(q["0.1"])), Number(at(q["0.9"])))}</div>
      <div class="bands">
        ${band("b90", q["0.05"], q["0.95"])}${band("b80", q["0.1"], q["0.9"])}${band("b50", q["0.25"], q["0.75"])}
        <i class="median" style="left:${at(q["0.5"])}%"></i
        >${happened === null ? null : html`<i class="came" style="left:${at(happened)}%"></i>`}
      </div>
      <div class="dots">${outcomes.map((outcome) => html`<i style="left:${at(outcome)}%"></i>`)}</div>
      <div class="scale">
        ${ticks(low, high).map((tick) => html`<span style="left:${at(tick)}%">${tick === 0 ? "0" : signedPercent(tick, 0)}</span>`)}
      </div>
    </div>
    <p class="key">
      <span class="k90">90%</span> <span class="k80">80%</span> <span class="k50">50% band</span>
      <span class="kmedian">median ${signedPercent(q["0.5"])}</span
      >${outcomes.length > 0 ? html` <span class="kdot">what followed each neighbour</span>` : null}${happened === null ? null : html` <span class="kcame">what really happened ${signedPercent(happened)}</span>`}
    </p>`;
}

/** The two ends of the 80 % band above it; said as one where the band is too narrow for both. */
function endLabels(q: Quantiles, low: number, high: number): Html {
  const [lowest, highest] = [signedPercent(q["0.1"]), signedPercent(q["0.9"])];
  if (high - low >= 36)
    return html`<b style="left:${low}%">${lowest}</b><b style="left:${high}%">${highest}</b>`;
  const middle = Math.min(74, Math.max(26, (low + high) / 2)).toFixed(2);
  return html`<b style="left:${middle}%">${lowest} to ${highest}</b>`;
}

/** Four to eight round values inside [low, high], in whole percent. */
export function ticks(low: number, high: number): number[] {
  const steps = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
  const step = steps.find((s) => (high - low) / s <= 7) ?? 10;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step + 0);
}

/** How often the symbol rose over such a horizon in its matured past; not an opinion about this moment. */
export function directionWords(answer: Answer): string | null {
  const p = answer.distribution?.direction.probabilities;
  return p ? `In the symbol’s whole past such a stretch ended higher ${percent(p["1"])} of the time.` : null;
}
