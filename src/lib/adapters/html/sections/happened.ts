import type { Answer } from "../../../recall/answer.ts";
import {
  capital,
  happenedSentence,
  percent,
  signedPercent,
  spanWords,
  thoseWords,
} from "../../text/words.ts";
import { html, type Html } from "../html.ts";
import type { PageView } from "../page-view.ts";
import { section } from "./section.ts";

interface Row {
  readonly label: "roc" | "maxGain" | "maxLoss" | "atr" | "realisedVolatility";
  readonly name: string;
  readonly say: (value: number) => string;
  /** Said of the stretch that the value was measured over. */
  readonly over?: string;
}

const logChange = (value: number): string => signedPercent(Math.expm1(value));
const ROWS: readonly Row[] = [
  { label: "roc", name: "change at the end", say: (value) => signedPercent(value) },
  { label: "maxGain", name: "highest on the way", say: logChange },
  { label: "maxLoss", name: "lowest on the way", say: logChange },
  { label: "atr", name: "mean range of a bar", say: (value) => percent(value, 2) },
  {
    label: "realisedVolatility",
    name: "realised volatility",
    say: (value) => percent(value, 1),
    over: "not annualised",
  },
];

/** Expectation against outcome, label by label; before the horizon has ended it says so. */
export function happenedSection(view: PageView): Html {
  const { answer, naming } = view;
  const { horizon } = answer.question;
  const ahead = spanWords(horizon, naming.sessions);
  const title = "What really happened";
  if (!answer.happened) {
    const open = html`<p class="plain">
      Not known: the ${ahead} after the anchor had not ended in this data, or a bar in them is missing.
    </p>`;
    return section(
      { id: "happened", title, note: "The outcome is joined to the answer when it matures." },
      open,
    );
  }
  const note = answer.distribution
    ? html`Bar: the 80% band that was expected. Tick: its median. Dot: what came. None of it was known at the
      anchor.`
    : html`No range was stated; this is what came. None of it was known at the anchor.`;
  const rows = ROWS.filter((row) => answer.happened?.[row.label] !== null).map((row) =>
    outcomeRow(row, answer, `over ${thoseWords(horizon, naming.sessions)}`),
  );
  const body = html`<p class="plain happened">${capital(happenedSentence(answer, naming) ?? "")}</p>
    <div class="outcomes">${rows}</div>`;
  return section({ id: "happened", title, note }, body);
}

function outcomeRow({ label, name: short, say, over }: Row, answer: Answer, stretch: string): Html {
  const name = over ? html`${short} <small class="soft">${stretch}, ${over}</small>` : short;
  const came = answer.happened![label]!;
  const q = answer.distribution?.[label].quantiles;
  if (!q) return html`<div class="outcome"><span>${name}</span><span></span><b>${say(came)}</b></div>`;
  const all = [q["0.05"], q["0.95"], came];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const at = (value: number): string => (4 + ((value - low) / (high - low || 1)) * 92).toFixed(2);
  const width = (Number(at(q["0.9"])) - Number(at(q["0.1"]))).toFixed(2);
  const side = came < q["0.1"] ? "below the band" : came > q["0.9"] ? "above the band" : "inside the band";
  return html`<div class="outcome">
    <span>${name}</span>
    <span class="mini"
      ><i class="band b80" style="left:${at(q["0.1"])}%;width:${width}%"></i
      ><i class="median" style="left:${at(q["0.5"])}%"></i><i class="came" style="left:${at(came)}%"></i
    ></span>
    <span class="said"><b>${say(came)}</b> ${side}, ${say(q["0.1"])} to ${say(q["0.9"])}</span>
  </div>`;
}
