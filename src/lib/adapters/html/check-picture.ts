import { trusted, html, type Html } from "./html.ts";
import { priceScale } from "./check-scale.ts";
import type { BarWindow, WindowBar } from "./check-window.ts";

const [WIDTH, HEIGHT, EDGE] = [360, 132, 14];
const VOLUMES = 38; // height of the strip of volumes
const WIDEST_GAP = 5; // slots

interface Placed extends WindowBar {
  readonly x: number;
}

/** Candles around a finding as a drawing; the offending ones in red, what stands in their place in teal. */
export function candlePicture(window: BarWindow, label: string, volumes: boolean): Html {
  const { placed, half, gap } = place(window);
  const floor = volumes ? HEIGHT - VOLUMES : HEIGHT;
  const { low, high } = priceScale(window.bars);
  const y = (price: number): number =>
    EDGE + ((high - Math.min(high, Math.max(low, price))) / (high - low)) * (floor - 2 * EDGE);
  const marks = [
    gap,
    ...(["unsound", "around", "stands", "own"] as const).map((mark) =>
      group(
        mark,
        placed.filter((bar) => bar.mark === mark),
        y,
        half,
      ),
    ),
    ...placed
      .filter((bar) => bar.mark === "own")
      .slice(0, 1)
      .map((bar) => pointer(bar.x)),
    ...offScale(placed, low, high, floor),
    volumes ? volumeStrip(placed, half) : "",
  ];
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    ${trusted(marks.join(""))}
  </svg>`;
}

/** Bars left to right with room for the gap between them. */
function place({ bars, gap }: BarWindow): { placed: Placed[]; half: number; gap: string } {
  const room = gap ? Math.min(WIDEST_GAP, Math.max(gap.bars, 2)) : 0;
  const slot = WIDTH / Math.max(bars.length + room, 20);
  const used = (bars.length + room) * slot;
  const start = (WIDTH - used) / 2;
  const placed = bars.map((bar, i) => ({
    ...bar,
    x: start + (i + (gap && i >= gap.at ? room : 0) + 0.5) * slot,
  }));
  const half = Math.max(1.2, slot * 0.32);
  if (!gap) return { placed, half, gap: "" };
  const [left, width] = [start + gap.at * slot, room * slot];
  const middle = Math.min(WIDTH - 46, Math.max(46, left + width / 2));
  const drawn =
    `<rect class="hole" x="${left.toFixed(1)}" y="${EDGE}" width="${width.toFixed(1)}" height="${HEIGHT - EDGE}"/>` +
    `<text x="${middle.toFixed(1)}" y="${EDGE - 4}" text-anchor="middle">${gap.says}</text>`;
  return { placed, half, gap: drawn };
}

/** All candles of one mark: wicks, hollow bodies that rose, filled ones that fell. Numbers only. */
function group(mark: string, bars: readonly Placed[], y: (price: number) => number, half: number): string {
  const [wicks, rose, fell]: string[][] = [[], [], []];
  for (const { x, open, high, low, close } of bars) {
    if (![open, high, low, close].every(Number.isFinite)) continue;
    const [top, bottom] = [y(Math.max(open, close)), y(Math.min(open, close))];
    const body = Math.max(1, bottom - top);
    wicks!.push(`M${x.toFixed(1)} ${y(Math.max(high, low)).toFixed(1)}V${y(Math.min(high, low)).toFixed(1)}`);
    (close >= open ? rose : fell)!.push(
      `M${(x - half).toFixed(1)} ${top.toFixed(1)}h${(2 * half).toFixed(1)}v${body.toFixed(1)}h${(-2 * half).toFixed(1)}z`,
    );
  }
  const path = (name: string, parts: readonly string[]): string =>
    parts.length > 0 ? `<path class="${name}" d="${parts.join("")}"/>` : "";
  const drawn = path("wick", wicks!) + path("rose", rose!) + path("fell", fell!);
  return drawn === "" ? "" : `<g class="${mark}">${drawn}</g>`;
}

function pointer(x: number): string {
  return `<path class="pointer" d="M${(x - 4).toFixed(1)} ${HEIGHT}l4 -7l4 7z"/>`;
}

/** What lies beyond the picture is said at its edge. */
function offScale(placed: readonly Placed[], low: number, high: number, floor: number): string[] {
  const odd = placed.filter((bar) => bar.mark === "own");
  const highest = extreme(
    odd,
    (value) => value > high,
    (a, b) => a > b,
  );
  const lowest = extreme(
    odd,
    (value) => value < low,
    (a, b) => a < b,
  );
  const text = (found: { x: number; value: number } | null, y: number, arrow: string): string[] => {
    if (!found) return [];
    const x = Math.min(WIDTH - 40, Math.max(40, found.x)).toFixed(1);
    return [
      `<text class="off" x="${x}" y="${y}" text-anchor="middle">${arrow} ${priceText(found.value)}</text>`,
    ];
  };
  return [...text(highest, EDGE - 4, "↑"), ...text(lowest, floor - 10, "↓")];
}

function extreme(
  bars: readonly Placed[],
  beyond: (value: number) => boolean,
  further: (a: number, b: number) => boolean,
): { x: number; value: number } | null {
  let found: { x: number; value: number } | null = null;
  for (const { x, open, high, low, close } of bars)
    for (const value of [open, high, low, close])
      if (Number.isFinite(value) && beyond(value) && (!found || further(value, found.value)))
        found = { x, value };
  return found;
}

function volumeStrip(placed: readonly Placed[], half: number): string {
  const sound = placed.map((bar) => bar.volume).filter((v) => Number.isFinite(v) && v >= 0);
  const most = Math.max(...sound, 1e-12);
  const bar = ({ x, volume }: Placed): string => {
    const size = Number.isFinite(volume) ? Math.max(0.5, (Math.max(0, volume) / most) * (VOLUMES - 12)) : 0.5;
    return `M${(x - half).toFixed(1)} ${HEIGHT - 8}h${(2 * half).toFixed(1)}v${(-size).toFixed(1)}h${(-2 * half).toFixed(1)}z`;
  };
  const path = (name: string, bars: readonly Placed[]): string =>
    bars.length > 0 ? `<path class="${name}" d="${bars.map(bar).join("")}"/>` : "";
  return (
    path(
      "volume",
      placed.filter(({ mark }) => mark !== "own"),
    ) +
    path(
      "volume own",
      placed.filter(({ mark }) => mark === "own"),
    )
  );
}

/** A price with the digits that it needs. */
export function priceText(value: number): string {
  return Number(value.toPrecision(7)).toLocaleString("en-GB", { maximumFractionDigits: 8 });
}

const [SMALL_WIDTH, SMALL_HEIGHT] = [96, 26];

/** The same in the height of a line: the range of each candle, the offending ones thick. Said in words beside it. */
export function smallPicture(window: BarWindow): Html {
  const { low, high } = priceScale(window.bars);
  const room = window.gap ? 3 : 0;
  const slot = SMALL_WIDTH / (window.bars.length + room);
  const y = (price: number): string =>
    (2 + ((high - Math.min(high, Math.max(low, price))) / (high - low)) * (SMALL_HEIGHT - 4)).toFixed(0);
  const line = (bar: WindowBar, i: number): string => {
    const x = (i + (window.gap && i >= window.gap.at ? room : 0) + 0.5) * slot;
    return Number.isFinite(bar.high + bar.low) ? `M${x.toFixed(0)} ${y(bar.high)}V${y(bar.low)}v.5` : "";
  };
  const path = (name: string, own: boolean): string => {
    const d = window.bars.map((bar, i) => ((bar.mark === "own") === own ? line(bar, i) : "")).join("");
    return d === "" ? "" : `<path class="${name}" d="${d}"/>`;
  };
  const hole = window.gap
    ? `<rect class="hole" x="${(window.gap.at * slot).toFixed(0)}" width="${(room * slot).toFixed(0)}" height="${SMALL_HEIGHT}"/>`
    : "";
  return html`<svg class="small" viewBox="0 0 ${SMALL_WIDTH} ${SMALL_HEIGHT}" aria-hidden="true">
    ${trusted(hole + path("wick", false) + path("own", true))}
  </svg>`;
}
