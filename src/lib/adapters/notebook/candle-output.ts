import { randomUUID } from "node:crypto";
import { rowsOf, type CandleSeries } from "../../candles/candle-series.ts";
import { iso } from "../../time/units.ts";
import { html, scriptJson, trusted, type Html } from "../html/html.ts";
import { baseLayout, type Figure } from "../plotly/figure.ts";
import { TOKENS } from "../html/page-view.ts";
import { counted } from "../text/words.ts";
import { packCandles } from "./candle-columns.ts";
import { CANDLE_SCRIPT } from "./candle-script.ts";
import { emptySlot, libraryScript } from "./figure-output.ts";
import { FIGURE_SCRIPT } from "./figure-script.ts";
import type { DisplayHost, MimeBundle } from "./host.ts";
import { styled } from "./output-style.ts";
import { tableHtml, tableText, type TableColumns } from "./table-output.ts";

export interface CandlePlotOptions {
  readonly height?: number;
  /** Shown at first: the newest so many bars; default all. */
  readonly last?: number;
  readonly title?: string;
}

const HEIGHT = 400;

/** Candles as a chart to pan (drag) and zoom (wheel), however many there are. */
export function candlePlot(series: CandleSeries, host: DisplayHost, options: CandlePlotOptions = {}): Html {
  const { height = HEIGHT, last, title } = options;
  const id = `figure-${randomUUID()}`;
  const N = rowsOf(series);
  const from = last === undefined || last >= N ? null : series.openTime[N - last]!;
  const layout = { ...baseLayout(TOKENS), ...layoutOf(height, title) } satisfies Figure["layout"];
  return html`<script>
      ${trusted(FIGURE_SCRIPT)};
      ${trusted(CANDLE_SCRIPT)};
    </script>
    ${libraryScript(host)} ${emptySlot(id, height)}
    <script>
      window.rhymeCandles.show(
        ${scriptJson(id)},
        ${scriptJson(packCandles(series))},
        ${scriptJson({ from, layout })},
      );
    </script>`;
}

function layoutOf(height: number, title: string | undefined): Record<string, unknown> {
  const named =
    title === undefined
      ? {}
      : {
          title: {
            ...{ text: title, x: 0, xref: "paper", font: { size: 14 } },
            ...{ y: 1, yref: "container", yanchor: "top", pad: { t: 12 } },
          },
        };
  return {
    height,
    ...named,
    margin: { l: 56, r: 16, t: title === undefined ? 24 : 60, b: 36 },
    dragmode: "pan",
    bargap: 0.3,
    hovermode: "x",
  };
}

/** What a series is, its chart, its first and last rows. */
export function candleBundle(series: CandleSeries, host: DisplayHost): MimeBundle {
  const table = candleTable(series);
  const head = candleHead(series);
  const chart = rowsOf(series) > 1 ? candlePlot(series, host) : null;
  const rows = html`<details>
    <summary>first and last rows</summary>
    ${tableHtml(table, { rows: 10 })}
  </details>`;
  const name = html`<p class="head">
    <b>${series.symbol} ${series.timeframe}</b> <span class="soft">${head}</span>
  </p>`;
  return {
    "text/html": styled(name, chart, rowsOf(series) > 0 ? rows : null),
    "text/plain": `${series.symbol} ${series.timeframe}  ${head}\n${tableText(table, { rows: 6 })}`,
  };
}

function candleHead(series: CandleSeries): string {
  const N = rowsOf(series);
  const span = N === 0 ? "none" : `${stamp(series.openTime[0]!)} to ${stamp(series.closeTime[N - 1]!)} UTC`;
  return `${counted(N, "bar")}, ${span}, from ${series.source}, market ${series.calendar.name}`;
}

function stamp(t: number): string {
  return iso(t).slice(0, 16).replace("T", " ");
}

function candleTable(series: CandleSeries): TableColumns {
  const columns = (["open", "high", "low", "close", "volume", "trades", "vwap", "spread"] as const).filter(
    (name) => series[name] !== undefined,
  );
  return {
    names: ["open time (UTC)", ...columns],
    rows: rowsOf(series),
    at: (column, row) => (column === 0 ? stamp(series.openTime[row]!) : series[columns[column - 1]!]![row]),
  };
}
