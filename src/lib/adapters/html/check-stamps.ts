import type { Finding } from "../../candles/finding.ts";
import type { RawCandles } from "../../candles/raw-candles.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../time/units.ts";
import type { CheckRows } from "./check-rows.ts";
import { html, trusted, type Html } from "./html.ts";

/** Stamps of the lines around a place where time runs backwards, in the order of the file. */
export interface StampRun {
  readonly stamps: readonly number[]; // [n] epoch ms
  /** The first stamp after the step back. */
  readonly at: number;
}

const AROUND = 12;
const [WIDTH, HEIGHT, EDGE] = [360, 132, 14];

/** The lines around an `unsorted` finding; null where it names none. */
export function stampRun(finding: Finding, raw: RawCandles, rows: CheckRows): StampRun | null {
  const own = rows.rowsOf(finding);
  if (finding.line === null || own.to === own.from) return null;
  const file = rows.fileOf(own.from);
  const from = Math.max(file.from, own.from - AROUND);
  const stamps = Array.from(raw.stamp.subarray(from, Math.min(file.to, own.from + AROUND)));
  return { stamps, at: own.from - from };
}

/** Lines to the right, time upwards; the step back in red, with how far it goes. */
export function stampPicture(run: StampRun, label: string): Html {
  const { points, step } = drawn(run, WIDTH, HEIGHT, EDGE);
  const back = run.at > 0 ? run.stamps[run.at - 1]! - run.stamps[run.at]! : 0;
  const dots = points.map(
    ([x, y], i) => `<circle class="${i === run.at ? "own" : ""}" cx="${x}" cy="${y}" r="2.6"/>`,
  );
  const [x] = points[run.at]!;
  const text = `<text class="off" x="${Math.min(WIDTH - 50, Math.max(50, Number(x)))}" y="${EDGE - 4}" text-anchor="middle">${durationText(back)} back</text>`;
  return html`<svg class="stamps" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    ${trusted(step + dots.join("") + text)}
  </svg>`;
}

/** The same in the height of a line. */
export function smallStamps(run: StampRun): Html {
  return html`<svg class="small stamps" viewBox="0 0 96 26" aria-hidden="true">
    ${trusted(drawn(run, 96, 26, 3).step)}
  </svg>`;
}

function drawn(
  run: StampRun,
  width: number,
  height: number,
  edge: number,
): { points: string[][]; step: string } {
  const [low, high] = [Math.min(...run.stamps), Math.max(...run.stamps)];
  const slot = width / Math.max(run.stamps.length, 12);
  const points = run.stamps.map((stamp, i) => [
    ((i + 0.5) * slot).toFixed(1),
    (edge + ((high - stamp) / (high - low || 1)) * (height - 2 * edge)).toFixed(1),
  ]);
  const way = (from: number, to: number): string =>
    `M${points
      .slice(from, to)
      .map((p) => p.join(" "))
      .join("L")}`;
  const step =
    (run.at > 0 ? `<path class="way" d="${way(0, run.at)}"/>` : "") +
    `<path class="way" d="${way(run.at, points.length)}"/>` +
    (run.at > 0 ? `<path class="back" d="${way(run.at - 1, run.at + 1)}"/>` : "");
  return { points, step };
}

const UNITS: readonly (readonly [number, string])[] = [
  [DAY, "d"],
  [HOUR, "h"],
  [MINUTE, "min"],
  [SECOND, "s"],
];

/** `109 d 4 h`, `44 min`: a stretch of time in its two largest units. */
export function durationText(ms: number): string {
  const first = UNITS.findIndex(([unit]) => Math.abs(ms) >= unit);
  if (first < 0) return `${ms} ms`;
  const [unit, name] = UNITS[first]!;
  const whole = Math.floor(ms / unit);
  const next = UNITS[first + 1];
  const rest = next ? Math.floor((ms - whole * unit) / next[0]) : 0;
  return rest > 0 ? `${whole} ${name} ${rest} ${next![1]}` : `${whole} ${name}`;
}
