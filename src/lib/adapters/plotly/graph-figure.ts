import type { CandlesByTimeframe } from "../../candles/candle-series.ts";
import { EDGE_KINDS, type EdgeKind, type Graph } from "../../graph/graph.ts";
import { DAY, HOUR, MINUTE, type DurationMs } from "../../time/units.ts";
import { fixedWidth } from "../../time/timeframe.ts";
import { moment, needsClock } from "../text/words.ts";
import { axisTitle, baseLayout, LIGHT, plotlyText, type Figure, type Palette } from "./figure.ts";

export interface GraphFigureOptions {
  readonly palette?: Palette;
  /** Zone of the dates in hover boxes. */
  readonly zone?: string;
  /**
   * Where a candle stands. `age`: by the logarithm of the time since it became known, so that daily and monthly
   * candles both have room; `time`: by the instant itself.
   */
  readonly timeAxis?: "age" | "time";
}

const ARC_POINTS = 9;

/** The kinds of edges as people read them. */
export const EDGE_NAMES: Readonly<Record<EdgeKind, string>> = {
  temporal: "temporal: earlier to later",
  down: "down: coarser to finer",
  up: "up: finer to coarser",
};

/**
 * An interactive picture of a graph: one row per timeframe (coarse on top), each candle where it became known, so
 * every edge runs to the right. Temporal edges are arcs over their row, cross edges curve between rows; the legend
 * switches each kind; hovering shows the candle. `candles` are the series that nodeRow counts in. Meant for window
 * graphs of some hundreds of nodes.
 */
export function graphFigure(
  graph: Graph,
  candles: CandlesByTimeframe,
  options: GraphFigureOptions = {},
): Figure {
  const { palette = LIGHT, zone = "UTC", timeAxis = "age" } = options;
  const now = graph.knownAt.reduce((latest, t) => Math.max(latest, t), -Infinity);
  const unit = fixedWidth(graph.timeframes[0]!) ?? DAY;
  const x = Array.from(graph.knownAt, (t) => (timeAxis === "time" ? t : place(now - t, unit)));
  const colours: Record<EdgeKind, string> = {
    temporal: palette.soft,
    down: palette.past,
    up: palette.other,
  };
  const edges = EDGE_KINDS.map((kind) => ({
    type: "scatter",
    mode: "lines",
    name: EDGE_NAMES[kind],
    ...edgeLines(graph, x, kind),
    line: { color: colours[kind], width: 1.2, shape: "linear" },
    opacity: kind === "temporal" ? 0.5 : 0.7,
    hoverinfo: "skip",
  }));
  return {
    data: [
      ...edges.filter((trace) => trace.x.length > 0),
      ...(Object.keys(candles).length > 0 ? candleKeys(palette) : []),
      nodeTrace(graph, candles, x, zone, palette),
    ],
    layout: layoutOf(graph, x, now, unit, timeAxis, palette),
  };
}

/** Minus the logarithm of age, counted in bars of the finest timeframe: 0 at the newest node. */
function place(age: DurationMs, unit: DurationMs): number {
  return 0 - Math.log1p(age / unit);
}

type Lines = { readonly x: (number | null)[]; readonly y: (number | null)[] };

function edgeLines(graph: Graph, x: readonly number[], kind: EdgeKind): Lines {
  const lines: Lines = { x: [], y: [] };
  const span = Math.max(...x) - Math.min(...x) || 1;
  for (let e = 0; e < graph.senders.length; e++) {
    if (EDGE_KINDS[graph.edgeType[e]!] !== kind) continue;
    const [from, to] = [graph.senders[e]!, graph.receivers[e]!];
    const [a, b] = [graph.nodeTimeframe[from]!, graph.nodeTimeframe[to]!];
    const lift = kind === "temporal" ? Math.min(0.42, 0.12 + 1.2 * ((x[to]! - x[from]!) / span)) : 0;
    for (let i = 0; i < ARC_POINTS; i++) {
      const s = i / (ARC_POINTS - 1);
      lines.x.push(round(x[from]! + (x[to]! - x[from]!) * s));
      lines.y.push(round(a + (b - a) * s * s * (3 - 2 * s) + lift * 4 * s * (1 - s)));
    }
    lines.x.push(null);
    lines.y.push(null);
  }
  return lines;
}

/** What filled and hollow marks are, for the legend alone. */
function candleKeys(palette: Palette): Readonly<Record<string, unknown>>[] {
  const key = (name: string, color: string): Readonly<Record<string, unknown>> => ({
    ...{ type: "scatter", mode: "markers", name, x: [null], y: [null], hoverinfo: "skip" },
    marker: { size: 7, color, line: { color: palette.ink, width: 1.2 } },
  });
  return [key("candle that rose", palette.paper), key("candle that fell", palette.ink)];
}

function nodeTrace(
  graph: Graph,
  candles: CandlesByTimeframe,
  x: readonly number[],
  zone: string,
  palette: Palette,
): Readonly<Record<string, unknown>> {
  const rising = Array.from(graph.nodeRow, (row, n) => {
    const series = candles[graph.timeframes[graph.nodeTimeframe[n]!]!];
    return series !== undefined && series.close[row]! >= series.open[row]!;
  });
  return {
    type: "scatter",
    mode: "markers",
    name: "candle",
    showlegend: false,
    x: x.map(round),
    y: Array.from(graph.nodeTimeframe),
    text: Array.from(graph.nodeRow.keys(), (n) => hover(graph, candles, n, zone)),
    hovertemplate: "%{text}<extra></extra>",
    marker: {
      size: 7,
      color: rising.map((up) => (up ? palette.paper : palette.ink)),
      line: { color: palette.ink, width: 1.2 },
    },
  };
}

function hover(graph: Graph, candles: CandlesByTimeframe, node: number, zone: string): string {
  const timeframe = graph.timeframes[graph.nodeTimeframe[node]!]!;
  const when = moment(graph.nodeOpenTime[node]!, zone, needsClock(timeframe), true);
  const title = `<b>${plotlyText(timeframe)}</b> opened ${when}`;
  const series = candles[timeframe];
  const row = graph.nodeRow[node]!;
  if (!series || series.close[row] === undefined) return title;
  const price = (value: number): string => Number(value.toPrecision(7)).toLocaleString("en-GB");
  const { open, high, low, close, volume } = series;
  return (
    `${title}<br>open ${price(open[row]!)}  high ${price(high[row]!)}` +
    `<br>low ${price(low[row]!)}  close ${price(close[row]!)}<br>volume ${price(volume[row]!)}`
  );
}

const AGES: readonly [DurationMs, string][] = [
  [0, "now"],
  [5 * MINUTE, "5 min"],
  [30 * MINUTE, "30 min"],
  [2 * HOUR, "2 h"],
  [8 * HOUR, "8 h"],
  [DAY, "1 day"],
  [3 * DAY, "3 days"],
  [7 * DAY, "1 week"],
  [30 * DAY, "1 month"],
  [91 * DAY, "3 months"],
  [365 * DAY, "1 year"],
  [3 * 365 * DAY, "3 years"],
  [10 * 365 * DAY, "10 years"],
];

function layoutOf(
  graph: Graph,
  x: readonly number[],
  now: number,
  unit: DurationMs,
  timeAxis: "age" | "time",
  palette: Palette,
): Record<string, unknown> {
  const base = baseLayout(palette) as { readonly xaxis: object; readonly yaxis: object };
  const oldest = now - Math.min(...graph.knownAt);
  const ages = AGES.filter(([age]) => age === 0 || (age >= unit && age <= oldest * 1.1));
  const [first, last] = [Math.min(...x), Math.max(...x)];
  const pad = (last - first || 1) * 0.02;
  const time =
    timeAxis === "time"
      ? { type: "date" }
      : {
          tickvals: ages.map(([age]) => round(place(age, unit))),
          ticktext: ages.map(([, name]) => name),
          title: axisTitle("time before the newest candle was known, log scale", palette),
        };
  return {
    ...base,
    height: 150 + 120 * graph.timeframes.length,
    margin: { l: 48, r: 28, t: 32, b: 100 },
    showlegend: true,
    legend: {
      ...{ orientation: "h", x: 0, y: 0, yref: "container", yanchor: "bottom" },
      ...{ font: { color: palette.soft }, itemsizing: "trace" },
    },
    xaxis: {
      ...base.xaxis,
      ...time,
      tickangle: 0,
      ticklabeloverflow: "allow",
      range: [first - pad, last + pad],
    },
    yaxis: {
      ...base.yaxis,
      tickvals: [...graph.timeframes.keys()],
      ticktext: graph.timeframes.map(plotlyText),
      range: [-0.3, graph.timeframes.length - 0.4],
      showgrid: false,
    },
    hovermode: "closest",
    dragmode: "zoom",
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
