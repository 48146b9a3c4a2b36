import { signedPercent } from "../text/words.ts";
import { html, trusted, type Html } from "./html.ts";
import type { Look } from "./trust-page-input.ts";

const [WIDTH, HEIGHT] = [380, 190];
const [EDGE, SIDE, LABEL] = [12, 2, 52];
const FUTURE = 0.42; // of the width
const STEPS = 16;
const FEWEST = 2; // values that make a line

const ANCHOR = SIDE + (WIDTH - SIDE - LABEL) * (1 - FUTURE);
const END = WIDTH - LABEL;

/** Prices before an anchor, the bands that opened from it, and what came: all as log change from the anchor. */
export function fanPicture({ example, before, after }: Look, label: string): Html {
  const q = example.quantiles.return;
  const came = example.outcome.return;
  const y = scaleFor([...before, ...after, ...q, came, 0]);
  const edge = (quantile: number): string[] =>
    Array.from({ length: STEPS + 1 }, (_, i) => `${ahead(i / STEPS)} ${y(quantile * Math.sqrt(i / STEPS))}`);
  const band = (name: string, a: number, b: number): string =>
    `<path class="${name}" d="M${[...edge(q[a]!), ...edge(q[b]!).toReversed()].join("L")}z"/>`;
  const past = before.map((change, i) => `${back(i, before.length)} ${y(change)}`);
  const future = after.map((change, i) => `${ahead((i + 1) / after.length)} ${y(change)}`);
  const marks = [
    `<path class="level" d="M${SIDE} ${y(0)}H${END}M${ANCHOR.toFixed(1)} ${EDGE / 2}V${HEIGHT - EDGE / 2}"/>`,
    band("b90", 0, 6) + band("b80", 1, 5) + band("b50", 2, 4),
    line("middle", edge(q[3]!)),
    line("before", past),
    line("after", future.length > 0 ? [`${ahead(0)} ${y(0)}`, ...future] : []),
    `<circle cx="${END}" cy="${y(came)}" r="4"/>`,
    `<text x="${END + 6}" y="${(Number(y(came)) + 4).toFixed(1)}">${signedPercent(Math.expm1(came))}</text>`,
  ];
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    ${trusted(marks.join(""))}
  </svg>`;
}

function scaleFor(values: readonly number[]): (change: number) => string {
  const all = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return (change) => (EDGE + ((high - change) / (high - low || 1)) * (HEIGHT - 2 * EDGE)).toFixed(1);
}

function ahead(share: number): string {
  return (ANCHOR + share * (END - ANCHOR)).toFixed(1);
}

function back(i: number, length: number): string {
  return (ANCHOR - ((length - 1 - i) / Math.max(1, length - 1)) * (ANCHOR - SIDE)).toFixed(1);
}

function line(name: string, points: readonly string[]): string {
  return points.length < FEWEST ? "" : `<path class="${name}" d="M${points.join("L")}"/>`;
}
