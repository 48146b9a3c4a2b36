import { rowsOf, type CandleSeries } from "../../../candles/candle-series.ts";
import { sliceRows } from "../../../candles/slice.ts";
import { parseTimeframe } from "../../../time/timeframe.ts";
import { moment, needsClock, signedPercent, counted } from "../../text/words.ts";
import { html, trusted, type Html } from "../html.ts";
import type { PageView } from "../page-view.ts";
import { section } from "./section.ts";

const SHOWN = 48;
const [WIDTH, HEIGHT] = [384, 190];

const NAMES: Readonly<Record<string, string>> = {
  "1d": "daily",
  "1w": "weekly",
  "1mo": "monthly",
  "1h": "hourly",
};

/** `daily`, `4-hour`: how a timeframe is called. */
export function timeframeWords(timeframe: string): string {
  const { count, unit } = parseTimeframe(timeframe);
  return NAMES[timeframe] ?? `${count}-${unit === "m" ? "minute" : "hour"}`;
}

/** The last candles of each timeframe that were known at the anchor, as small pictures. */
export function beforeSection(view: PageView): Html {
  const panels = view.timeframes
    .filter((timeframe) => rowsOf(view.known[timeframe]!) > 0)
    .map((timeframe) => {
      const series = view.known[timeframe]!;
      const rows = rowsOf(series);
      return panel(sliceRows(series, Math.max(0, rows - SHOWN), rows), view.naming.zone);
    });
  const note = html`The same instant at ${panels.length === 1 ? "one speed" : `${panels.length} speeds`}: the
  last candles that had closed by then. Hollow candles rose, filled ones fell.`;
  return section(
    { id: "before", title: "What came before", note },
    html`<div class="panels ${panels.length === 4 ? "four" : ""}">${panels}</div>`,
  );
}

function panel(series: CandleSeries, zone: string): Html {
  const rows = rowsOf(series);
  const { timeframe, close } = series;
  const change = close[rows - 1]! / close[0]! - 1;
  const name = timeframeWords(timeframe);
  const clock = needsClock(timeframe);
  const first = moment(series.openTime[0]!, zone, clock, true);
  const last = moment(series.openTime[rows - 1]!, zone, clock, true);
  const label = `${counted(rows, `${name} candle`)} from ${first} to ${last}, ${signedPercent(change)}`;
  return html`<figure class="panel">
    <figcaption>
      <b>${name}</b> <span>${signedPercent(change)} over ${counted(rows, "candle")}</span>
    </figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
      ${trusted(candleMarks(series, zone))}
    </svg>
    <div class="dates"><span>${first}</span><span>${last}</span></div>
  </figure>`;
}

/** Candles as SVG: wick and body each, and a dotted line at the last close. Numbers only, nothing from outside. */
function candleMarks({ timeframe, openTime, open, high, low, close }: CandleSeries, zone: string): string {
  const rows = close.length;
  const top = Math.max(...high);
  const bottom = Math.min(...low);
  const y = (price: number): number => 6 + ((top - price) / (top - bottom || 1)) * (HEIGHT - 12);
  const slot = (WIDTH - 4) / Math.max(rows, 24);
  const half = Math.max(1, slot * 0.32);
  const marks: string[] = [`<path class="last" d="M0 ${y(close[rows - 1]!).toFixed(1)}H${WIDTH}"/>`];
  for (let i = 0; i < rows; i++) {
    const x = WIDTH - 2 - (rows - i - 0.5) * slot;
    const rising = close[i]! >= open[i]!;
    const [upper, lower] = rising ? [y(close[i]!), y(open[i]!)] : [y(open[i]!), y(close[i]!)];
    const body = Math.max(1, lower - upper);
    const when = moment(openTime[i]!, zone, needsClock(timeframe), true);
    marks.push(
      `<g class="${rising ? "up" : "down"}"><title>${when}: open ${price(open[i]!)}, high ${price(high[i]!)}, low ${price(low[i]!)}, close ${price(close[i]!)}</title>` +
        `<path d="M${x.toFixed(1)} ${y(high[i]!).toFixed(1)}V${upper.toFixed(1)}M${x.toFixed(1)} ${(upper + body).toFixed(1)}V${Math.max(upper + body, y(low[i]!)).toFixed(1)}"/>` +
        `<rect x="${(x - half).toFixed(1)}" y="${upper.toFixed(1)}" width="${(2 * half).toFixed(1)}" height="${body.toFixed(1)}"/></g>`,
    );
  }
  return marks.join("");
}

function price(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString("en-GB", { maximumFractionDigits: 8 });
}
