import {
  TRUST_LABELS,
  type Comparison,
  type Estimated,
  type LabelScores,
  type MethodScores,
  type TrustReport,
} from "../../../evaluation/trust/trust-report.ts";
import {
  bestOther,
  intervalText,
  LABEL_WORDS,
  pText,
  ratioText,
  scoreText,
  shareText,
} from "../../text/trust-words.ts";
import { percent } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import { section } from "./section.ts";

/** For each label the answer beside every method of the same run, and how far it is from each. */
export function scoresSections(report: TrustReport): Html[] {
  return TRUST_LABELS.map((label) => labelSection(report.labels[label], report));
}

const MEANING = {
  return: "The log return at the end of the horizon; its scores in percent.",
  logAtrRatio:
    "The range: the log of the mean true range over the horizon over the average true range at the anchor.",
} as const;

function labelSection(scores: LabelScores, { bootstrap }: TrustReport): Html {
  const { name } = LABEL_WORDS[scores.label];
  const note = html`<p>${MEANING[scores.label]}</p>
    <p>
      CRPS and pinball say how far a stated distribution was from what came, the interval score how wide a
      band was and how badly it was left: less is better. A band made to hold 80% should hold 80%, not more.
    </p>
    <p>
      Small figures and whiskers: ${percent(bootstrap.coverage)} intervals, resampled in blocks, since
      neighbouring answers share their outcomes.
    </p>`;
  return section(
    { id: `scores-${scores.label}`, title: `The ${name}`, note },
    html`<h3>CRPS of the answer over that of each other method: left of the line the answer is better</h3>
      ${forest(scores)} ${scoreTables(scores)}`,
  );
}

/** Ratio and interval of each comparison on one scale around 1. */
function forest(scores: LabelScores): Html {
  const ends = scores.against
    .flatMap(({ ratio }) => [ratio.value, ratio.low, ratio.high, 1])
    .filter((end): end is number => end !== null && Number.isFinite(end));
  const [low, high] = [Math.min(1, ...ends), Math.max(1, ...ends)];
  const pad = (high - low) * 0.05 || 0.01;
  const at = (ratio: number): number => ((ratio - low + pad) / (high - low + 2 * pad)) * 100;
  const best = bestOther(scores);
  const row = (against: Comparison): Html => {
    const { ratio, method, p } = against;
    const name = scores.methods.find((m) => m.method === method)?.name ?? method;
    return html`<tr>
      <th scope="row">
        ${name}${best?.method === method ? html` <small class="best">best of the others</small>` : null}
      </th>
      <td class="whisker">${whisker(ratio, at)}</td>
      <td class="number">
        ${ratioText(ratio.value)}<small>${intervalText(ratio, ratioText) ?? "too few to tell"}</small>
      </td>
      <td class="number">${pText(p)}</td>
    </tr>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Ratios of CRPS">
    <table class="forest">
      <thead>
        <tr>
          <th scope="col">against</th>
          <th scope="col"></th>
          <th scope="col" class="number">ratio</th>
          <th scope="col" class="number">p</th>
        </tr>
      </thead>
      <tbody>
        ${scores.against.map(row)}
      </tbody>
    </table>
  </div>`;
}

function whisker(ratio: Estimated, at: (ratio: number) => number): Html | null {
  if (!Number.isFinite(ratio.value)) return null;
  const { value, low, high } = ratio;
  const sure = low !== null && high !== null && (high < 1 || low > 1);
  const line =
    low === null || high === null
      ? null
      : html`<i style="left:${at(low).toFixed(2)}%;width:${(at(high) - at(low)).toFixed(2)}%"></i>`;
  return html`<span class="${sure ? "sure" : ""}"
    ><u style="left:${at(1).toFixed(2)}%"></u>${line}<b style="left:${at(value).toFixed(2)}%"></b
  ></span>`;
}

const BANDS = ["50", "80", "90"] as const;

interface Column {
  readonly head: string;
  readonly of: (one: MethodScores) => Estimated;
  readonly say: (value: number) => string;
}

/** CRPS and pinball, then what each band held and what its interval score was. */
function scoreTables(scores: LabelScores): Html {
  const say = (value: number): string => scoreText(scores.label, value);
  const unit = LABEL_WORDS[scores.label].unit === "%" ? ", %" : "";
  const whole: Column[] = [
    { head: `CRPS${unit}`, of: (one) => one.crps, say },
    { head: `pinball${unit}`, of: (one) => one.pinball, say },
  ];
  const bands = BANDS.flatMap((band): Column[] => [
    { head: `inside ${band}%`, of: (one) => one.coverage[band], say: shareText },
    { head: `score ${band}%${unit}`, of: (one) => one.intervalScore[band], say },
  ]);
  return html`<h3 class="more">The whole distribution</h3>
    ${scoreTable(scores, whole)}
    <h3 class="more">Bands: share of outcomes inside, and interval score</h3>
    ${scoreTable(scores, bands)}`;
}

function scoreTable(scores: LabelScores, columns: readonly Column[]): Html {
  const best = bestOther(scores);
  const row = (one: MethodScores): Html =>
    html`<tr class="${one.method === "recall" ? "own" : ""}">
      <th scope="row">
        ${one.name}${one === best ? html` <small class="best">best of the others</small>` : null}
      </th>
      ${columns.map(({ of, say }) => cell(of(one), say))}
    </tr>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Scores of every method">
    <table class="methods">
      <thead>
        <tr>
          <th scope="col"></th>
          ${columns.map(({ head }) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${scores.methods.map(row)}
      </tbody>
    </table>
  </div>`;
}

function cell(estimated: Estimated, say: (value: number) => string): Html {
  return html`<td>${say(estimated.value)}<small>${intervalText(estimated, say) ?? ""}</small></td>`;
}
