import type { TrustExample } from "../../../evaluation/trust/trust-report.ts";
import { scoreText } from "../../text/trust-words.ts";
import { moment, needsClock, signedPercent } from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import { fanPicture } from "../trust-fan.ts";
import type { Look, TrustPageInput } from "../trust-page-input.ts";
import { section } from "./section.ts";

/** The answers that were best and worst, with the prices around them: chosen by score, not by eye. */
export function looksSections({ report, looks }: TrustPageInput): Html[] {
  const byKey = new Map(looks.map((look) => [keyOf(look.example), look]));
  const of = (examples: readonly TrustExample[]): Look[] =>
    examples.map((example) => byKey.get(keyOf(example)) ?? { example, before: [], after: [] });
  return [
    looksSection(
      "worst",
      "The worst answers",
      of(report.worst),
      "The answers that lost most against climatology",
    ),
    looksSection(
      "best",
      "The best answers",
      of(report.best),
      "The answers that gained most against climatology",
    ),
  ].filter((part) => part !== null);
}

function keyOf({ source, symbol, timeframe, anchor }: TrustExample): string {
  return JSON.stringify([source, symbol, timeframe, anchor]);
}

function looksSection(id: string, title: string, looks: readonly Look[], what: string): Html | null {
  if (looks.length === 0) return null;
  const note = html`<p>
      ${what}, in units of what climatology usually loses on that series. No two overlap in time. They were
      found by their score after the fact, so they say what can happen, not what is usual.
    </p>
    <p>
      <span class="swatch ink"></span>before the anchor<br /><span class="swatch past"></span>the 50, 80 and
      90% bands<br /><span class="swatch came"></span>what really happened
    </p>`;
  return section({ id, title, note }, html`<div class="looks">${looks.map(card)}</div>`);
}

function card(look: Look): Html {
  const { example } = look;
  const q = example.quantiles.return;
  const came = example.outcome.return;
  const when = moment(example.anchor, "UTC", needsClock(example.timeframe), true);
  const change = (logReturn: number): string => signedPercent(Math.expm1(logReturn), 2);
  const side = came < q[1]! ? "below" : came > q[5]! ? "above" : "inside";
  const said = `80% band ${change(q[1]!)} to ${change(q[5]!)}; ${change(came)} came, ${side} it`;
  const { recall, withoutRecall, climatology } = example.crps;
  const score = (value: number): string => scoreText("return", value);
  return html`<figure class="look">
    ${fanPicture(look, `${example.symbol}, ${when}: ${said}.`)}
    <figcaption>
      <b>${example.symbol} ${example.timeframe}</b> <span class="soft">${when}</span>
      <span class="said">${said}.</span>
      <span class="soft said"
        >CRPS ${score(recall)}%, without recall ${score(withoutRecall)}%, climatology
        ${score(climatology)}%</span
      >
    </figcaption>
  </figure>`;
}
